import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlanText } from "./plan-text.ts";

const pieces = fc.constantFrom("a", "b", " ", "\n", "\r\n", "\r", "é", "杭", "🚢", '"', "(");
const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(""));

describe("a text with its lines", () => {
  it("counts line breaks as the protocol does", () => {
    const text = new PlanText("one\r\ntwo\rthree\nfour");
    expect(text.lineCount).toBe(4);
    expect(text.offsetAt({ line: 1, character: 0 })).toBe(5);
    expect(text.positionAt(9)).toEqual({ line: 2, character: 0 });
  });

  it("counts bytes when the client asked for UTF-8", () => {
    const text = new PlanText('x("杭州🚢é")', "utf-8");
    expect(text.positionAt(text.text.indexOf("é"))).toEqual({ line: 0, character: 13 });
    expect(text.text[text.offsetAt({ line: 0, character: 13 })]).toBe("é");
    // Inside the three bytes of a character: its beginning.
    expect(text.offsetAt({ line: 0, character: 4 })).toBe(3);
  });

  it("moves positions outside of the text to the nearest place in it", () => {
    const text = new PlanText("ab\r\ncd");
    expect(text.offsetAt({ line: 0, character: 99 })).toBe(2);
    expect(text.offsetAt({ line: 9, character: 0 })).toBe(6);
    expect(text.offsetAt({ line: -1, character: 5 })).toBe(0);
  });

  it.each(["utf-16", "utf-8"] as const)("gives every place back in %s", (unit) => {
    fc.assert(
      fc.property(texts, (content) => {
        const text = new PlanText(content, unit);
        for (let offset = 0; offset <= content.length; offset++) {
          const insidePair = /[\udc00-\udfff]/.test(content[offset] ?? "");
          // A line break is one place: behind its first half there is no position of its own.
          const insideBreak = content[offset] === "\n" && content[offset - 1] === "\r";
          if (insidePair || insideBreak) continue;
          expect(text.offsetAt(text.positionAt(offset))).toBe(offset);
        }
      }),
    );
  });

  it.each(["utf-16", "utf-8"] as const)("takes the changes of a client that counts in %s", (unit) => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), fc.nat(), (content, inserted, from, to) => {
        const points = [...content];
        const [low, high] = [from % (points.length + 1), to % (points.length + 1)].sort((a, b) => a - b);
        const before = points.slice(0, low).join("");
        const middle = points.slice(low, high).join("");
        const after = points.slice(high ?? 0).join("");
        // Half of a line break has no position: clients never cut there.
        if (/\r$/.test(before) && /^\n/.test(middle + after)) return;
        if (/\r$/.test(before + middle) && /^\n/.test(after)) return;
        const text = new PlanText(content, unit);
        const range = text.rangeOf({ start: before.length, end: before.length + middle.length });
        expect(text.changed([{ range, text: inserted }]).text).toBe(before + inserted + after);
      }),
    );
  });
});
