import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver-types";
import type { PlanDocument } from "./plan-document.ts";

/** One fold for each chain that takes several lines. */
export function foldingRanges({ text, analysis }: PlanDocument): readonly FoldingRange[] {
  const folds = new Map<number, FoldingRange>();
  for (const { range } of analysis.chains) {
    const { start, end } = text.rangeOf(range);
    if (end.line <= start.line) continue;
    folds.set(start.line, { startLine: start.line, endLine: end.line, kind: FoldingRangeKind.Region });
  }
  return [...folds.values()];
}
