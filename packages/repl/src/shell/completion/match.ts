import { closestNames } from "../../terminal/closest-names.ts";
import type { Candidate, Match } from "./world.ts";

/** Candidates that fit what is typed, the best first. */
export interface Matched {
  readonly match: Match;
  readonly candidates: readonly Candidate[];
  /** What takes the place of what is typed; `undefined` when it is to stay. */
  readonly insert: string | undefined;
}

// Comparing letter by letter is for what a person types, not for what was pasted.
const longestFuzzy = 64;

/**
 * Finds what may be meant by what is typed: names that begin with it; when there are none, those that do in other case; then those that
 * have its letters in order; then those it is a slip of. What is inserted is what all candidates begin with, as in other shells; for
 * the last two only a single one.
 */
export function matchCandidates(typed: string, candidates: readonly Candidate[]): Matched {
  const begun = candidates.filter(({ value }) => value.startsWith(typed));
  if (begun.length > 0) return { match: "prefix", candidates: begun, insert: inserted(typed, begun) };
  const lower = typed.toLowerCase();
  const folded = candidates.filter(({ value }) => value.toLowerCase().startsWith(lower));
  if (folded.length > 0) return { match: "prefix", candidates: folded, insert: inserted(typed, folded) };
  if (typed.length < 2 || typed.length > longestFuzzy)
    return { match: "none", candidates: [], insert: undefined };
  const scored = candidates.flatMap((candidate) => {
    const score = scoreOf(lower, candidate.value);
    return score === undefined ? [] : [{ candidate, score }];
  });
  if (scored.length > 0) {
    const best = scored.sort((a, b) => a.score - b.score).map(({ candidate }) => candidate);
    return { match: "fuzzy", candidates: best, insert: only(best) };
  }
  const byName = new Map(candidates.map((candidate) => [candidate.value, candidate]));
  const near = closestNames(typed, [...byName.keys()]).flatMap((name) => byName.get(name) ?? []);
  return { match: near.length > 0 ? "near" : "none", candidates: near, insert: only(near) };
}

function only(candidates: readonly Candidate[]): string | undefined {
  const [first, ...others] = candidates;
  return first === undefined || others.length > 0 ? undefined : first.value + (first.suffix ?? "");
}

function inserted(typed: string, candidates: readonly Candidate[]): string | undefined {
  const single = only(candidates);
  if (single !== undefined) return single === typed ? undefined : single;
  const common = commonStart(candidates.map(({ value }) => value));
  return common.length > typed.length ? common : undefined;
}

/** What all texts begin with; never half of a character. */
function commonStart(texts: readonly string[]): string {
  let common = texts[0] ?? "";
  for (const text of texts) {
    while (!text.startsWith(common)) common = common.slice(0, -1);
  }
  return /[\ud800-\udbff]$/.test(common) ? common.slice(0, -1) : common;
}

/**
 * How far a name is from having the typed letters one after the other, less being better; `undefined` when they are not in it in order.
 * A letter at the beginning of a word of the name costs nothing, other gaps do.
 */
function scoreOf(typed: string, name: string): number | undefined {
  const lower = name.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of typed) {
    const found = lower.indexOf(letter, at + 1);
    if (found < 0) return undefined;
    const follows = found === at + 1;
    const beginsWord = found === 0 || /[^\p{L}\p{N}]/u.test(name[found - 1] ?? "") || isCapital(name, found);
    score += follows ? 0 : beginsWord ? 1 : 2 + Math.min(found - at, 8);
    at = found + letter.length - 1;
  }
  return score + (name.length - typed.length) / 100;
}

function isCapital(name: string, at: number): boolean {
  const letter = name[at] ?? "";
  return letter !== letter.toLowerCase() && name[at - 1] === name[at - 1]?.toLowerCase();
}
