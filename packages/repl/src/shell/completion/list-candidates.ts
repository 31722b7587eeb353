import { say } from "../../language/speech.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { fitText, textWidth } from "../../terminal/width.ts";
import type { Candidate, Completion } from "./world.ts";

/** The screen a list is made for. */
export interface ListScreen {
  readonly columns: number;
  /** Lines the list may take. */
  readonly mostLines: number;
  /** False where only ASCII is safe. */
  readonly unicode: boolean;
  /** Paints what is said besides the names. */
  readonly faint: (text: string) => string;
}

/** A summary needs this many cells to say anything. */
const leastSummary = 16;
const gap = 2;

/**
 * Lists candidates with what each stands for, one a line; without room for that, or with nothing to say, in columns. Above stands how
 * the call is written, below how many are left out and where the names are from. No line is wider than the screen; foreign names are
 * made safe. Pure.
 */
export function listCandidates(
  { candidates, hint, note, match }: Pick<Completion, "candidates" | "hint" | "note" | "match">,
  screen: ListScreen,
): readonly string[] {
  const { columns, unicode, faint } = screen;
  const fit = (text: string): string => fitText(oneLine(text), columns, unicode);
  const above = [
    ...(hint === undefined ? [] : [hint]),
    ...(match === "near" ? [say("shell.did-you-mean")] : []),
  ];
  const below = note === undefined ? [] : [note];
  const room = Math.max(1, screen.mostLines - above.length - below.length);
  const shown = candidates.map(({ value, summary }) => ({
    value: oneLine(value),
    summary: oneLine(summary),
  }));
  const widest = Math.max(0, ...shown.map(({ value }) => textWidth(value)));
  const summaryCells = columns - widest - gap;
  const tells = shown.some(({ summary }) => summary !== "") && summaryCells >= leastSummary;
  const lines = tells
    ? shown.map(({ value, summary }) => {
        const padding = " ".repeat(widest + gap - textWidth(value));
        return summary === "" ? value : value + padding + faint(fitText(summary, summaryCells, unicode));
      })
    : inColumns(shown, widest, columns, unicode);
  // The line that counts what is left out takes the place of one of them.
  const kept = lines.length > room ? lines.slice(0, Math.max(0, room - 1)) : lines;
  const perLine = tells ? 1 : columnsOf(widest, columns);
  const left = shown.length - kept.length * perLine;
  const more =
    kept.length < lines.length ? [`${unicode ? "…" : "..."} ${say("shell.left-out", { left })}`] : [];
  return [
    ...above.map((line) => faint(fit(line))),
    ...kept,
    ...[...more, ...below].map((line) => faint(fit(line))),
  ];
}

function columnsOf(widest: number, columns: number): number {
  return Math.max(1, Math.floor((columns + gap) / (widest + gap)));
}

function inColumns(
  shown: readonly Candidate[],
  widest: number,
  columns: number,
  unicode: boolean,
): readonly string[] {
  const perLine = columnsOf(widest, columns);
  const lines: string[] = [];
  for (let start = 0; start < shown.length; start += perLine) {
    const row = shown
      .slice(start, start + perLine)
      .map(({ value }) => value + " ".repeat(widest - textWidth(value)));
    lines.push(fitText(row.join(" ".repeat(gap)).trimEnd(), columns, unicode));
  }
  return lines;
}
