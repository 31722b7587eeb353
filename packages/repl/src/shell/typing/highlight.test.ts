import { processorMs } from "@sampan/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { highlight, longestColoured } from "./highlight.ts";
import type { Lexicon } from "./lexicon.ts";

const lexicon: Lexicon = {
  verbs: new Set(["from", "assess", "upload"]),
  queries: new Set(["images", "inspect"]),
  commands: new Set(["help", "history", "fleet"]),
};

/** What has a colour, as `kind text`. */
function coloured(text: string, words: { readonly lexicon?: Lexicon } = { lexicon }): readonly string[] {
  return highlight(text, words.lexicon).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`);
}

describe("colours of what is typed", () => {
  it("tell strings, numbers, keywords and comments", () => {
    expect(coloured("const a = 'x' + 0x1f; // why")).toEqual([
      "keyword const",
      "string 'x'",
      "number 0x1f",
      "comment // why",
    ]);
    expect(coloured("/* 1 */ return /a[/]b/g, true ? null : 1_000n")).toEqual([
      "comment /* 1 */",
      "keyword return",
      "string /a[/]b/",
      "number true",
      "number null",
      "number 1_000n",
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what is typed.
    expect(coloured("`a ${b + `c`} d`")).toEqual(["string `a ", "string `c`", "string  d`"]);
    expect(coloured("a / b / c")).toEqual([]);
  });

  it("tell what is still being typed", () => {
    expect(coloured('f("ab')).toEqual(['string "ab']);
    expect(coloured("`ab\nc")).toEqual(["string `ab\nc"]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what is typed.
    expect(coloured("`a${b} c")).toEqual(["string `a", "string  c"]);
    expect(coloured("1 /* so\nfar")).toEqual(["number 1", "comment /* so\nfar"]);
    expect(coloured("x = /ab")).toEqual(["string /ab"]);
  });

  it("tell what Sampan knows, where it means that", () => {
    expect(coloured("Migration.from(a)?.assess().map(x).upload")).toEqual([
      "known from",
      "known assess",
      "known upload",
    ]);
    expect(coloured("images().length + inspect")).toEqual(["known images"]);
    expect(coloured("assess; x.images(); function images() {}")).toEqual(["keyword function"]);
    expect(coloured("x.assess()", {})).toEqual([]);
  });

  it("leave words alone that are names there", () => {
    expect(coloured("({ default: 1, from: 2 }).default")).toEqual(["number 1", "number 2"]);
    expect(coloured("from + of(type) + async")).toEqual([]);
    expect(coloured('import { a as b } from "c"; for (const x of [])')).toEqual([
      "keyword import",
      "keyword as",
      "keyword from",
      'string "c"',
      "keyword for",
      "keyword const",
      "keyword of",
    ]);
    expect(coloured("async () => { await x }; interface A {}")).toEqual([
      "keyword async",
      "keyword await",
      "keyword interface",
    ]);
  });

  it("mark brackets that close nothing or another kind, and none that are still open", () => {
    expect(coloured("f(a))")).toEqual(["error )"]);
    expect(highlight("f(a))")).toEqual([{ start: 4, end: 5, kind: "error" }]);
    expect(coloured("[1)]")).toEqual(["number 1", "error )"]);
    expect(coloured("f({ a: [")).toEqual([]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what is typed.
    expect(coloured("`${{ a }}`; (')')")).toEqual(["string `", "string `", "string ')'"]);
  });

  it("tell commands from what is none, and wait for what may become one", () => {
    expect(coloured(":help 1")).toEqual(["command :help"]);
    expect(coloured("  :fleet run")).toEqual(["command :fleet"]);
    expect(coloured(":hel")).toEqual([]);
    expect(coloured(":hel x")).toEqual(["error :hel"]);
    expect(coloured(":hlep")).toEqual(["error :hlep"]);
    expect(coloured(":")).toEqual([]);
    expect(coloured(":hlep", {})).toEqual([]);
    expect(coloured("f(\n :break ")).toEqual(["command :break"]);
  });

  it("are in order, apart, and within the text, whatever is typed", () => {
    const piece = fc.constantFrom(
      ..."\"'`/*\\{}()[]$:\n \t",
      "${",
      "//",
      "a",
      "const",
      "服",
      "😀",
      "1",
      ".",
      ":break",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          let before = 0;
          for (const { start, end } of highlight(text, lexicon)) {
            expect(start).toBeGreaterThanOrEqual(before);
            expect(end).toBeGreaterThan(start);
            before = end;
          }
          expect(before).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it("take a time that grows with the text alone, and are left off a program", () => {
    const startedMs = processorMs();
    for (const piece of ["(", "`${", "/*", "/", "'", ":", "\\", "a.", "} ", "const x = 'a';\n"]) {
      highlight(piece.repeat(Math.floor(longestColoured / piece.length)), lexicon);
    }
    expect(processorMs() - startedMs).toBeLessThan(5_000);
    expect(highlight("1 ".repeat(longestColoured), lexicon)).toEqual([]);
  });
});
