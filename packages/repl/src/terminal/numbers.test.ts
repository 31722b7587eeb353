import { describe, expect, it } from "vitest";
import { count, formatDuration, percentDone, timeLeftMs } from "./numbers.ts";
import { fitText, textWidth } from "./width.ts";

describe("durations", () => {
  it.each([
    [-5, "0.0 s"],
    [430, "0.4 s"],
    [9_960, "10 s"],
    [59_600, "1 min"],
    [185_000, "3 min 5 s"],
    [3_600_000, "1 h"],
    [7_440_000, "2 h 4 min"],
  ])("writes %d ms as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("progress", () => {
  it("says 100 % only when all is done", () => {
    expect(percentDone(999, 1000)).toBe(99);
    expect(percentDone(1000, 1000)).toBe(100);
    expect(percentDone(0, 0)).toBe(100);
    expect(percentDone(5, null)).toBeNull();
  });

  it("never tells a negative time, nor one without a rate", () => {
    expect(timeLeftMs(120, 100, 10)).toBe(0);
    expect(timeLeftMs(50, 100, 0)).toBeNull();
    expect(timeLeftMs(50, 100, 10)).toBe(5000);
  });
});

describe("fitting text into cells", () => {
  it("counts wide characters twice and combining marks not at all", () => {
    expect(textWidth("上海 a")).toBe(6);
    expect(textWidth("e\u0301")).toBe(1);
  });

  it("cuts with a mark and never exceeds the room", () => {
    expect(fitText("web-server-01", 8)).toBe("web-ser…");
    expect(fitText("web-server-01", 8, false)).toBe("web-ser~");
    for (let cells = 0; cells < 12; cells++)
      expect(textWidth(fitText("上海上海上", cells))).toBeLessThanOrEqual(cells);
  });
});

it("counts with the noun that belongs to the number", () => {
  expect([0, 1, 2].map((number) => count(number, "file"))).toEqual(["0 files", "1 file", "2 files"]);
  expect(count(2, "entry", "entries")).toBe("2 entries");
});
