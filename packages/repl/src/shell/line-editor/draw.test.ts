import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textWidth } from "../../terminal/width.ts";
import { drawPrompt, type PromptPicture } from "./draw.ts";

function picture(given: Partial<PromptPicture>): PromptPicture {
  return {
    above: [],
    prompt: "> ",
    continuation: ". ",
    text: "",
    cursor: 0,
    below: [],
    columns: 10,
    rows: 20,
    paintPrompt: (text) => text,
    spans: [],
    ghost: "",
    typing: null,
    ...given,
  };
}

/** Marks that can be told from the text, and take no cells in what is compared. */
const marks: NonNullable<PromptPicture["typing"]> = {
  paint: (kind, text) => (text === "" ? "" : `<${kind} ${text}>`),
  more: "…",
};

describe("the prompt on the screen", () => {
  it("wraps what is long and puts the cursor where the next character goes", () => {
    const drawn = drawPrompt(picture({ text: "abcdefghijkl", cursor: 12 }));
    expect(drawn).toEqual({
      lines: ["> abcdefgh", "ijkl"],
      cursorRow: 1,
      cursorColumn: 4,
      showsGhost: false,
    });
    expect(drawPrompt(picture({ text: "abcdefgh", cursor: 8 }))).toMatchObject({
      cursorRow: 1,
      cursorColumn: 0,
    });
  });

  it("stands lines of one input below each other, between what is said above and below", () => {
    const drawn = drawPrompt(picture({ above: ["[1] run"], text: "f(\n1", cursor: 4, below: ["hint"] }));
    expect(drawn).toMatchObject({ lines: ["[1] run", "> f(", ". 1", "hint"], cursorRow: 2, cursorColumn: 3 });
  });

  it("counts cells, not characters", () => {
    expect(drawPrompt(picture({ text: "服务器一号", cursor: 5 }))).toMatchObject({
      lines: ["> 服务器一", "号"],
      cursorRow: 1,
      cursorColumn: 2,
    });
  });

  it("shows the lines around the cursor of what is higher than the screen", () => {
    const text = Array.from({ length: 30 }, (_, line) => line).join("\n");
    const drawn = drawPrompt(picture({ text, cursor: 0, rows: 5 }));
    expect(drawn.lines).toEqual(["> 0", ". 1", ". 2", ". 3", ". 4"]);
    expect(drawPrompt(picture({ text, cursor: text.length, rows: 5 })).lines.at(-1)).toBe(". 29");
  });

  it("paints what is of one kind together, and anew on each row", () => {
    const spans = [
      { start: 0, end: 9, kind: "string" },
      { start: 9, end: 10, kind: "error" },
    ] as const;
    const drawn = drawPrompt(picture({ text: '"abcdefg") 服', cursor: 0, spans, typing: marks }));
    expect(drawn.lines).toEqual(['> <string "abcdefg>', '<string "><error )> 服']);
    const over = drawPrompt(
      picture({ text: "`a\nb`", spans: [{ start: 0, end: 5, kind: "string" }], typing: marks }),
    );
    expect(over.lines).toEqual(["> <string `a>", ". <string b`>"]);
  });

  it("offers what fits behind the text, and the beginning of what does not", () => {
    const shown = (ghost: string, more = "…") =>
      drawPrompt(picture({ text: "ab", cursor: 2, ghost, typing: { ...marks, more } }));
    expect(shown("cdefgh")).toEqual({
      lines: ["> ab<ghost cdefgh>"],
      cursorRow: 0,
      cursorColumn: 4,
      showsGhost: true,
    });
    expect(shown("cdefghi").lines).toEqual(["> ab<ghost cdefg…>"]);
    expect(shown("cdefghi", "~").lines).toEqual(["> ab<ghost cdefg~>"]);
    expect(shown("服务器一").lines).toEqual(["> ab<ghost 服务…>"]);
    expect(shown("(\n  1)").lines).toEqual(["> ab<ghost (…>"]);
    expect(shown("").showsGhost).toBe(false);
    const atEdge = drawPrompt(picture({ text: "abcdef", cursor: 6, ghost: "xyz", typing: marks }));
    expect(atEdge).toMatchObject({ lines: ["> abcdef"], showsGhost: false });
  });

  it("never draws wider or higher than the screen, nor puts the cursor outside", () => {
    const width = fc.integer({ min: 10, max: 40 });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "服", "\n", " ", "é") }), width, (text, columns) => {
        const typing = { paint: (_: string, piece: string) => piece, more: "…" };
        const spans = [{ start: 1, end: text.length - 1, kind: "string" }] as const;
        const ghost = "offered 服务器";
        const drawn = drawPrompt(
          picture({ text, cursor: text.length, columns, rows: 6, typing, spans, ghost }),
        );
        expect(Math.max(...drawn.lines.map(textWidth))).toBeLessThanOrEqual(columns);
        expect(drawn.lines.length).toBeLessThanOrEqual(6);
        expect(drawn.cursorRow).toBeLessThan(drawn.lines.length);
        expect(drawn.cursorColumn).toBeLessThan(columns);
      }),
    );
  });
});
