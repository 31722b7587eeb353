import { describe, expect, it } from "vitest";
import { parseBandwidth } from "./bandwidth.ts";

describe("a bandwidth on the command line", () => {
  it.each([
    ["100mbit", 100e6],
    ["1.5 Gbit/s", 1.5e9],
    ["20Mbps", 20e6],
    ["12MB/s", 96e6],
    ["1MiB/s", 8 * 1024 ** 2],
  ])("is read from %s", (text, bits) => {
    expect(parseBandwidth(text)).toBe(bits);
  });

  it.each(["100", "0mbit", "-1mbit", "100m", "fast", "1e9bit", ""])("is refused when it is %j", (text) => {
    expect(() => parseBandwidth(text)).toThrow(expect.objectContaining({ code: "COMMAND_USAGE" }));
  });
});
