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
    ...given,
  };
}

describe("the prompt on the screen", () => {
  it("wraps what is long and puts the cursor where the next character goes", () => {
    const drawn = drawPrompt(picture({ text: "abcdefghijkl", cursor: 12 }));
    expect(drawn).toEqual({ lines: ["> abcdefgh", "ijkl"], cursorRow: 1, cursorColumn: 4 });
    expect(drawPrompt(picture({ text: "abcdefgh", cursor: 8 }))).toMatchObject({
      cursorRow: 1,
      cursorColumn: 0,
    });
  });

  it("stands lines of one input below each other, between what is said above and below", () => {
    const drawn = drawPrompt(picture({ above: ["[1] run"], text: "f(\n1", cursor: 4, below: ["hint"] }));
    expect(drawn).toEqual({ lines: ["[1] run", "> f(", ". 1", "hint"], cursorRow: 2, cursorColumn: 3 });
  });

  it("counts cells, not characters", () => {
    expect(drawPrompt(picture({ text: "服务器一号", cursor: 5 }))).toEqual({
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

  it("never draws wider or higher than the screen, nor puts the cursor outside", () => {
    const width = fc.integer({ min: 10, max: 40 });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "服", "\n", " ", "é") }), width, (text, columns) => {
        const drawn = drawPrompt(picture({ text, cursor: text.length, columns, rows: 6 }));
        expect(Math.max(...drawn.lines.map(textWidth))).toBeLessThanOrEqual(columns);
        expect(drawn.lines.length).toBeLessThanOrEqual(6);
        expect(drawn.cursorRow).toBeLessThan(drawn.lines.length);
        expect(drawn.cursorColumn).toBeLessThan(columns);
      }),
    );
  });
});
