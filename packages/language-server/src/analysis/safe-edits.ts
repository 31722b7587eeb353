import type { Problem, TextEdit } from "./plan-analysis.ts";

/**
 * The edits of the safe changes that problems offer and that can be made together, in the order of the text: the first of each problem,
 * and of those that touch each other the first. Those that touch wait too: which of two insertions comes first would be chance.
 */
export function safeEditsOf(problems: readonly Problem[]): {
  readonly edits: readonly TextEdit[];
  /** How many changes they are. */
  readonly fixes: number;
} {
  const taken: TextEdit[] = [];
  let fixes = 0;
  for (const problem of problems) {
    const fix = problem.fixes.find(({ safe }) => safe);
    if (fix === undefined || fix.edits.some((edit) => touches(taken, edit))) continue;
    for (const edit of fix.edits) taken.splice(placeAmong(taken, edit), 0, edit);
    fixes += 1;
  }
  return { edits: taken, fixes };
}

/** Whether an edit touches one of those that are in order, and touch none of each other. */
function touches(taken: readonly TextEdit[], edit: TextEdit): boolean {
  const place = placeAmong(taken, edit);
  const after = taken[place];
  const before = taken[place - 1];
  return (
    (after !== undefined && after.range.start <= edit.range.end) ||
    (before !== undefined && edit.range.start <= before.range.end)
  );
}

/** Before which of the edits one belongs. */
function placeAmong(taken: readonly TextEdit[], { range }: TextEdit): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.range.start ?? 0) < range.start) low = middle + 1;
    else high = middle;
  }
  return low;
}
