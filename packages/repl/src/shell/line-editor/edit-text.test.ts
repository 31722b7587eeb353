import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EditedText, type EditName, editedText, edits, insert } from "./edit-text.ts";

function at(text: string): EditedText {
  const cursor = text.indexOf("|");
  return { ...editedText(text.replace("|", "")), cursor };
}

function after(text: string, ...names: EditName[]): string {
  const edited = names.reduce<EditedText>((now, name) => edits[name](now) ?? now, at(text));
  return `${edited.text.slice(0, edited.cursor)}|${edited.text.slice(edited.cursor)}`;
}

describe("editing a text", () => {
  it("moves by characters as the eye takes them, by words, and by lines", () => {
    expect(after("a👨‍👩‍👧|b", "left")).toBe("a|👨‍👩‍👧b");
    expect(after("é|", "deleteLeft")).toBe("|");
    expect(after("one two.three|", "wordLeft", "wordLeft")).toBe("one |two.three");
    expect(after("|one two", "wordRight")).toBe("one| two");
    expect(after("ab\ncdef\ng|", "lineUp", "lineEnd")).toBe("ab\ncdef|\ng");
    expect(after("abc\nde|f", "lineUp")).toBe("ab|c\ndef");
    expect(after("ab|c\nd", "lineDown")).toBe("abc\nd|");
  });

  it("cuts, yanks and takes back", () => {
    expect(after("one two|", "cutWordLeft")).toBe("one |");
    expect(after("one two|", "cutWordLeft", "lineStart", "yank")).toBe("two|one ");
    expect(after("a|b\nc", "cutToEnd", "cutToEnd")).toBe("a|c");
    expect(after("a\nbc|d", "cutToStart")).toBe("a\n|d");
    expect(after("ab|", "deleteLeft", "deleteLeft", "undo")).toBe("a|");
  });

  it("says where there is nothing to do", () => {
    expect(edits.lineUp(at("a|b"))).toBeNull();
    expect(edits.lineDown(at("a|b"))).toBeNull();
    expect(edits.left(at("|b"))).toBeNull();
    expect(insert("\u0007")(at("|"))).toBeNull();
  });

  it("takes no control character in but line feeds", () => {
    expect(insert("a\r\nb\tc\u001b[2Jd\u009b")(at("|"))?.text).toBe("a\nb  c[2Jd");
  });

  it("keeps the cursor inside the text, whatever is done", () => {
    const names = Object.keys(edits) as EditName[];
    const step = fc.oneof(fc.constantFrom(...names), fc.string({ unit: "grapheme", maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let now = editedText("");
        for (const one of steps) {
          const edit = Object.hasOwn(edits, one) ? edits[one as EditName] : insert(one);
          now = edit(now) ?? now;
          expect(now.cursor).toBeGreaterThanOrEqual(0);
          expect(now.cursor).toBeLessThanOrEqual(now.text.length);
        }
      }),
    );
  });
});
