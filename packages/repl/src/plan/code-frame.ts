import { maskSecrets } from "@sampan/core";
import { oneLine } from "../terminal/plain-text.ts";

/** A place in a source file; lines and columns count from 1. */
export interface SourcePlace {
  readonly line: number;
  /** `null` while only the line is known. */
  readonly column: number | null;
}

/** Cells of a line that are shown. */
const width = 200;

/** The lines of a source as frames show them: with stars for secrets, since what is printed is kept in logs. */
export function frameLines(source: string): readonly string[] {
  return maskSecrets(source).split("\n");
}

/**
 * The lines around a place, numbered, with a mark under the column where it is known: what compilers print. Of lines that are too long
 * the part around the place. Empty when it lies outside.
 *
 * @param lines those of the whole source, by {@link frameLines}
 */
export function codeFrame(lines: readonly string[], place: SourcePlace): readonly string[] {
  if (place.line < 1 || place.line > lines.length) return [];
  const first = Math.max(1, place.line - 2);
  const last = Math.min(lines.length, place.line + 1);
  const digits = String(last).length;
  const frame: string[] = [];
  const cut = place.column !== null && place.column > width - 40 ? place.column - width / 2 : 0;
  for (let number = first; number <= last; number++) {
    const shown = oneLine((lines[number - 1] ?? "").slice(cut, cut + width));
    const text = cut === 0 ? shown : `…${shown}`;
    frame.push(`${number === place.line ? ">" : " "} ${String(number).padStart(digits)} | ${text}`.trimEnd());
    if (number === place.line && place.column !== null) {
      const before = Math.max(0, place.column - 1 - cut + (cut === 0 ? 0 : 1));
      frame.push(`  ${" ".repeat(digits)} | ${" ".repeat(before)}^`);
    }
  }
  return frame;
}

/** Finds the first place of a stack trace that lies in a file. */
export function placeInStack(stack: string, path: string): SourcePlace | undefined {
  for (const line of stack.split("\n")) {
    const at = line.indexOf(path);
    if (at < 0) continue;
    const match = /^:(\d+):(\d+)/.exec(line.slice(at + path.length));
    if (match) return { line: Number(match[1]), column: Number(match[2]) };
  }
  return undefined;
}
