import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteForWindows } from "./quote-for-windows.ts";

/** How `CommandLineToArgvW` reads what follows the program's name, written from its documentation. */
function split(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === " " || line[at] === "\t") {
      at++;
      continue;
    }
    let word = "";
    let quoted = false;
    while (at < line.length && (quoted || (line[at] !== " " && line[at] !== "\t"))) {
      let slashes = 0;
      while (line[at] === "\\") {
        slashes++;
        at++;
      }
      if (line[at] !== '"') {
        word += "\\".repeat(slashes);
        if (at < line.length && (quoted || (line[at] !== " " && line[at] !== "\t"))) word += line[at++];
        continue;
      }
      word += "\\".repeat(slashes >> 1);
      at++;
      if (slashes % 2 === 1) word += '"';
      else if (quoted && line[at] === '"') {
        word += '"';
        at++;
      } else quoted = !quoted;
    }
    words.push(word);
  }
  return words;
}

describe("quoting for Windows", () => {
  it("makes any text one word that is read as it was", () => {
    const hostile = fc.constantFrom(
      '"',
      "\\",
      "\\\\",
      '\\"',
      " ",
      "\t",
      "%PATH%",
      "&",
      "|",
      "^",
      "!",
      "\n",
      "C:\\a b\\",
      "",
    );
    const word = fc
      .array(fc.oneof(hostile, fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 8 })
      .map((parts) => parts.join(""))
      .filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(split(words.map(quoteForWindows).join(" "))).toEqual(words);
      }),
    );
  });

  it("quotes as the documentation's examples do", () => {
    expect(['a"b c', "C:\\a b\\", "plain", "a\\\\b", 'a\\"b', ""].map(quoteForWindows)).toEqual([
      '"a\\"b c"',
      '"C:\\a b\\\\"',
      "plain",
      "a\\\\b",
      '"a\\\\\\"b"',
      '""',
    ]);
  });

  it("takes time in proportion to the text", () => {
    const began = processorMs();
    quoteForWindows(`${"\\".repeat(1_000_000)} x`);
    expect(processorMs() - began).toBeLessThan(2000);
  });

  it("refuses what no argument can hold", () => {
    expect(() => quoteForWindows("a\0b")).toThrow(RangeError);
  });
});
