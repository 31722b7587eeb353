import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("a length of time", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["30min", 1_800_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["0.5s", 500],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "30", "m", "-5m", "1h 30m", "0s", "30x", "21d", "99999999999d", "1e3s", "NaNs"])(
    "%j is none",
    (text) => {
      expect(() => parseDuration(text)).toThrowError(expect.objectContaining({ code: "COMMAND_USAGE" }));
    },
  );
});
