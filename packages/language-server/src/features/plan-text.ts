import type { Position, Range } from "vscode-languageserver-types";
import type { TextRange } from "../analysis/placed-value.ts";

/** What one `character` of a position counts: UTF-16 units, or bytes of UTF-8. */
export type PositionUnit = "utf-16" | "utf-8";

/** One change of a document: the part that is replaced, or the whole text when there is none. */
export interface TextChange {
  readonly range?: Range;
  readonly text: string;
}

/**
 * A text with its lines: turns positions of the protocol into offsets and back. Never changes; an edit gives a new one.
 *
 * Positions outside of the text are moved to the nearest place in it, as the protocol asks, and one in the middle of a character
 * to its beginning: a client may be a change behind.
 */
export class PlanText {
  readonly text: string;
  readonly unit: PositionUnit;
  /** Offset of the first character of each line. */
  readonly #starts: readonly number[];

  constructor(text: string, unit: PositionUnit = "utf-16") {
    this.text = text;
    this.unit = unit;
    this.#starts = lineStarts(text);
  }

  /** How many lines there are: one more than line breaks. */
  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offset in UTF-16 units. */
  offsetAt({ line, character }: Position): number {
    if (!(line >= 0)) return 0;
    const start = this.#starts[line];
    if (start === undefined) return this.text.length;
    const end = this.#endOfLine(line);
    const wanted = Math.max(0, character);
    if (this.unit === "utf-16") return Math.min(start + wanted, end);
    let bytes = 0;
    for (let offset = start; offset < end; ) {
      const point = this.text.codePointAt(offset) ?? 0;
      bytes += utf8Length(point);
      if (bytes > wanted) return offset;
      offset += point > 0xffff ? 2 : 1;
    }
    return end;
  }

  /** Position of an offset in UTF-16 units. */
  positionAt(offset: number): Position {
    const within = Math.max(0, Math.min(offset, this.text.length));
    const line = this.#lineAt(within);
    const start = this.#starts[line] ?? 0;
    if (this.unit === "utf-16") return { line, character: within - start };
    return { line, character: Buffer.byteLength(this.text.slice(start, within), "utf8") };
  }

  /** The range of the protocol for a part of the text. */
  rangeOf({ start, end }: TextRange): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  /** The part of the text that a range of the protocol covers; one that is the wrong way round is turned. */
  partOf({ start, end }: Range): TextRange {
    const [from, to] = [this.offsetAt(start), this.offsetAt(end)];
    return from <= to ? { start: from, end: to } : { start: to, end: from };
  }

  /** The text after changes, each of which is about the text as the one before left it. */
  changed(changes: readonly TextChange[]): PlanText {
    return changes.reduce<PlanText>((before, change) => {
      if (change.range === undefined) return new PlanText(change.text, before.unit);
      const { start, end } = before.partOf(change.range);
      return new PlanText(before.text.slice(0, start) + change.text + before.text.slice(end), before.unit);
    }, this);
  }

  /** Offset behind the last character of a line, its line break left out. */
  #endOfLine(line: number): number {
    const next = this.#starts[line + 1];
    if (next === undefined) return this.text.length;
    return this.text[next - 1] === "\n" && this.text[next - 2] === "\r" ? next - 2 : next - 1;
  }

  #lineAt(offset: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The protocol counts `\n`, `\r\n` and `\r` as line breaks, and nothing else. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length);
  return starts;
}

function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
