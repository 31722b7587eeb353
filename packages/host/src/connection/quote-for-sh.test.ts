import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteForSh } from "./quote-for-sh.ts";

describe("quoting for sh", () => {
  it("makes any text one word that is read as it was", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    const hostile = fc.constantFrom(
      "$(id)",
      "'",
      '"',
      "`x`",
      "\n",
      "-rf",
      "\\",
      "a b",
      "*",
      "!",
      "~",
      "",
      "#",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, hostile), { minLength: 1, maxLength: 6 }), (words) => {
        const line = `printf '%s\\0' ${words.map(quoteForSh).join(" ")}`;
        const said = execFileSync("sh", ["-c", line], { encoding: "utf8" });
        expect(said.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses what no argument can hold", () => {
    expect(() => quoteForSh("a\0b")).toThrow(RangeError);
  });
});
