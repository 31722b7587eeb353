import { expect, it } from "vitest";
import { codeFrame, frameLines } from "./code-frame.ts";

it("marks the column, between the lines around it", () => {
  expect(codeFrame(frameLines("one\ntwo three\nfour"), { line: 2, column: 5 })).toEqual([
    "  1 | one",
    "> 2 | two three",
    "    |     ^",
    "  3 | four",
  ]);
  expect(codeFrame(["one"], { line: 2, column: 1 })).toEqual([]);
});

it("shows the part of a long line that the place is in", () => {
  const line = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
  const [text = "", mark = ""] = codeFrame([line], { line: 1, column: 501 });
  expect(text.length).toBeLessThan(220);
  expect(text.slice(mark.indexOf("^"), mark.indexOf("^") + 4)).toBe("HERE");
});

it("shows stars for secrets, each where it stands", () => {
  const source = `connect("ssh://root:hunter2@web-01");\nconst key = \`-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----\`; fail();`;
  expect(codeFrame(frameLines(source), { line: 1, column: 33 })).toEqual([
    '> 1 | connect("ssh://root:*******@web-01");',
    "    |                                 ^",
    `  2 | const key = \`${"*".repeat(27)}`,
  ]);
  const [, body, end] = codeFrame(frameLines(source), { line: 4, column: null });
  expect(body).toBe(`  3 | ${"*".repeat(8)}`);
  expect(end).toBe(`> 4 | ${"*".repeat(25)}\`; fail();`);
});
