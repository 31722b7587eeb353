import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { coloursFor } from "../../terminal/colours.ts";
import { typingLook } from "./typing-look.ts";

const look = (enabled: boolean, env: Record<string, string> = {}, unicode = true) =>
  typingLook({ talkColours: coloursFor(enabled), unicode }, env);

describe("how what is typed looks", () => {
  it("is as it is where the terminal has no colours, and nothing is offered there", () => {
    expect(look(false)).toBeNull();
  });

  it("has an escape code around each kind, and no other character", () => {
    const { paint, more } = look(true) ?? expect.fail("no colours");
    for (const kind of [
      "string",
      "number",
      "keyword",
      "comment",
      "known",
      "command",
      "error",
      "ghost",
    ] as const) {
      const painted = paint(kind, "text");
      expect(stripVTControlCharacters(painted)).toBe("text");
      expect(painted).not.toBe("text");
    }
    expect(paint("ghost", "x")).toBe("\u001b[2mx\u001b[22m");
    expect([more, look(true, {}, false)?.more]).toEqual(["…", "~"]);
  });

  it("offers nothing where that is switched off", () => {
    expect(look(true)?.suggests).toBe(true);
    expect(look(true, { SAMPAN_SUGGESTIONS: "on" })?.suggests).toBe(true);
    expect(look(true, { SAMPAN_SUGGESTIONS: " off " })?.suggests).toBe(false);
  });
});
