import { expect, it } from "vitest";
import { codeFrame } from "./code-frame.ts";

it("marks the column, between the lines around it", () => {
  expect(codeFrame("one\ntwo three\nfour", { line: 2, column: 5 })).toEqual([
    "  1 | one",
    "> 2 | two three",
    "    |     ^",
    "  3 | four",
  ]);
  expect(codeFrame("one", { line: 2, column: 1 })).toEqual([]);
});

it("shows the part of a long line that the place is in", () => {
  const line = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
  const [text = "", mark = ""] = codeFrame(line, { line: 1, column: 501 });
  expect(text.length).toBeLessThan(220);
  expect(text.slice(mark.indexOf("^"), mark.indexOf("^") + 4)).toBe("HERE");
});
