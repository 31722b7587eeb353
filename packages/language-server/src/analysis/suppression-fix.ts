import type { Problem, ProblemFix } from "./plan-analysis.ts";

/** The change that silences a problem by a comment on the line above it. Not safe: it takes a reason. */
export function suppressionFix(text: string, { code, range }: Problem): ProblemFix {
  const start = text.lastIndexOf("\n", range.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
  const newText = `${indent}// sampan-ignore ${code} say why\n`;
  return { title: `Silence ${code} here`, safe: false, edits: [{ range: { start, end: start }, newText }] };
}
