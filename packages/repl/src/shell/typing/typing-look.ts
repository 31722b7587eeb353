import type { Output } from "../../terminal/output.ts";
import type { SpanKind, TypingLook } from "../line-editor/prompt-look.ts";

/**
 * How what is typed looks; `null` where the terminal has no colours. Only of the sixteen colours that every terminal's own palette makes
 * readable, and values as the shell prints them. `SAMPAN_SUGGESTIONS=off` offers nothing.
 */
export function typingLook(
  { talkColours, unicode }: Pick<Output, "talkColours" | "unicode">,
  env: Readonly<Record<string, string | undefined>>,
): TypingLook | null {
  if (!talkColours.isColorSupported) return null;
  const { red, underline } = talkColours;
  const paints: Readonly<Record<SpanKind | "ghost", (text: string) => string>> = {
    string: talkColours.green,
    number: talkColours.yellow,
    keyword: talkColours.magenta,
    comment: talkColours.dim,
    known: talkColours.cyan,
    command: talkColours.cyan,
    // Underlined for those who tell no red from the rest.
    error: (text) => underline(red(text)),
    ghost: talkColours.dim,
  };
  return {
    paint: (kind, text) => paints[kind](text),
    more: unicode ? "…" : "~",
    suggests: (env.SAMPAN_SUGGESTIONS ?? "").trim() !== "off",
  };
}
