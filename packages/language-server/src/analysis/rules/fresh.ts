import type { Listed } from "../account-facts.ts";
import type { RuleInput } from "./rule.ts";

/** Older answers say nothing any more: somebody may have mended it meanwhile. */
const freshForMs = 10 * 60_000;

/** Whether something that was asked at a time still holds. */
export function isFresh({ options }: RuleInput, askedAtMs: number): boolean {
  return options.nowMs === undefined || options.nowMs - askedAtMs <= freshForMs;
}

/** What the account has of something; `undefined` when that is not known, not whole, or too old. */
export function freshItems<T>(input: RuleInput, listed: Listed<T> | undefined): readonly T[] | undefined {
  return listed?.complete && isFresh(input, listed.askedAtMs) ? listed.items : undefined;
}
