import { analysePlan } from "./analyse-plan.ts";
import type { AnalysisOptions, ProblemFix, TextEdit } from "./plan-analysis.ts";
import { safeEditsOf } from "./safe-edits.ts";

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
    const { edits, fixes } = safeEditsOf(analysePlan(now, options).problems);
    if (edits.length === 0) break;
    now = applyEdits(now, edits);
    fixed += fixes;
  }
  return { text: now, fixed };
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { range, newText } of [...edits].sort((a, b) => a.range.start - b.range.start)) {
    parts.push(text.slice(done, range.start), newText);
    done = range.end;
  }
  return parts.join("") + text.slice(done);
}
