import { secretMark } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { editedText } from "./edit-text.ts";
import { ghostFor, ghostInRow, takeGhost } from "./ghost.ts";

describe("what is offered from the history", () => {
  it("is the rest of the newest input that begins with what is typed", () => {
    const entries = ["plan", "plan.run()", "plan.assess()", "f(\n  1)"];
    expect(ghostFor("plan", entries)).toBe(".run()");
    expect(ghostFor("plan.a", entries)).toBe("ssess()");
    expect(ghostFor("f(\n", entries)).toBe("  1)");
    expect(["Plan", "lan", "plan.run()", "", "  ", "x"].map((text) => ghostFor(text, entries))).toEqual(
      Array(6).fill(""),
    );
  });

  it("is no input that a secret was taken out of, and none that would move the cursor", () => {
    const stars = `new Secret("${secretMark}")`;
    expect(ghostFor("new", [stars])).toBe("");
    expect(ghostFor("new", [stars, "new Map()"])).toBe(" Map()");
    expect(ghostFor("a", ["a\u001b[2J", "a\u202eb", "a\rb", "a\tb", "ab\n c"])).toBe("b\n c");
    // The accent would be that of what was typed.
    expect(ghostFor("e", ["e\u0301 = 1", "e \u0301"])).toBe(" \u0301");
    expect(ghostFor("\ud83d\udc4d", ["\ud83d\udc4d\ud83c\udffd x"])).toBe("");
    expect(ghostFor("f(", ["f(\n1)"])).toBe("");
  });

  it("shows its first line as far as there is room", () => {
    expect(ghostInRow("abc\ndef", 9, "…")).toBe("abc…");
    expect(ghostInRow("\ndef", 9, "…")).toBe("…");
    expect(ghostInRow("abcdefghij", 5, "~")).toBe("abcd~");
    expect(ghostInRow("abcdefghij", 3, "…")).toBe("");
    expect(ghostInRow("abc", 3, "…")).toBe("abc");
  });
});

describe("taking it", () => {
  const take = (text: string, ghost: string, action: Parameters<typeof takeGhost>[1]) =>
    takeGhost(ghost, action)?.(editedText(text))?.text;

  it("takes all of it, or a word, and can be undone as one", () => {
    expect(take("plan", ".run()\n  .x", "right")).toBe("plan.run()\n  .x");
    expect(take("plan", ".run()", "lineEnd")).toBe("plan.run()");
    expect(take("pl", "an.run()", "wordRight")).toBe("plan");
    expect(take("plan", ".run()", "wordRight")).toBe("plan.run");
    expect(take("plan.run", "()", "wordRight")).toBe("plan.run()");
    expect(takeGhost(".run()", "right")?.(editedText("plan"))?.undo).toEqual([{ text: "plan", cursor: 4 }]);
  });

  it("leaves other keys, and all of them where nothing is offered", () => {
    expect(takeGhost("", "right")).toBeNull();
    for (const action of ["left", "endOrDelete", "submit", null] as const)
      expect(takeGhost("x", action)).toBeNull();
  });
});
