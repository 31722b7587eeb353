import { analysePlan } from "./analyse-plan.ts";
import type { AnalysisOptions, ProblemFix, TextEdit } from "./plan-analysis.ts";

/** More rounds than this mean that two fixes undo each other. */
const mostRounds = 10;

/** The text with the edits of one fix made. */
export function applyFix(text: string, fix: ProblemFix): string {
  return applyEdits(text, fix.edits);
}

/**
 * Makes every safe change that problems of a text offer, again until there is none left: one change may make way for another.
 * Changes that touch each other wait for the next round. Pure.
 */
export function applySafeFixes(
  text: string,
  options: AnalysisOptions = {},
): { readonly text: string; readonly fixed: number } {
  let now = text;
  let fixed = 0;
  for (let round = 0; round < mostRounds; round++) {
    const edits: TextEdit[] = [];
    for (const { fixes } of analysePlan(now, options).problems) {
      const fix = fixes.find(({ safe }) => safe);
      if (fix === undefined || fix.edits.some((edit) => edits.some((other) => touches(edit, other))))
        continue;
      edits.push(...fix.edits);
      fixed += 1;
    }
    if (edits.length === 0) break;
    now = applyEdits(now, edits);
  }
  return { text: now, fixed };
}

function touches(a: TextEdit, b: TextEdit): boolean {
  return a.range.start <= b.range.end && b.range.start <= a.range.end;
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((now, { range, newText }) => now.slice(0, range.start) + newText + now.slice(range.end), text);
}
