import { oneLine } from "../terminal/plain-text.ts";

/** A place in a source file; lines and columns count from 1. */
export interface SourcePlace {
  readonly line: number;
  /** `null` while only the line is known. */
  readonly column: number | null;
}

/** The lines around a place, numbered, with a mark under the column where it is known: what compilers print. Empty when it lies outside. */
export function codeFrame(source: string, place: SourcePlace): readonly string[] {
  const lines = source.split("\n");
  if (place.line < 1 || place.line > lines.length) return [];
  const first = Math.max(1, place.line - 2);
  const last = Math.min(lines.length, place.line + 1);
  const digits = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = oneLine(lines[number - 1] ?? "").slice(0, 200);
    frame.push(`${number === place.line ? ">" : " "} ${String(number).padStart(digits)} | ${text}`.trimEnd());
    if (number === place.line && place.column !== null) {
      frame.push(`  ${" ".repeat(digits)} | ${" ".repeat(Math.max(0, Math.min(place.column, 200) - 1))}^`);
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
