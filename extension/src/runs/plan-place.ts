import type { NamedPlan } from "../language/chain-ids.ts";

/** Where in the workspace a run comes from: a file, which of its chains, and where a chain makes several plans which of them. */
export interface PlanPlace {
  readonly uri: string;
  readonly chain: number;
  /** The language server's name of the plan: `default[1]`. */
  readonly id?: string;
}

/** Whether two places are of one plan; a place that says of the chain alone is of each of its plans. */
export function samePlan(one: PlanPlace, other: PlanPlace): boolean {
  return (
    one.uri === other.uri &&
    one.chain === other.chain &&
    (one.id === undefined || other.id === undefined || one.id === other.id)
  );
}

/**
 * What `sampan run --plan` is given for a place, so that this plan runs alone; `null` where the file holds no other. Of several that it may
 * be of, all; none for a plan that nothing exports, where the file holds others. A file that the server has not told of yet is taken to export
 * its chains in the order of its text.
 */
export function planArgument(
  place: PlanPlace,
  plans: readonly NamedPlan[],
  chains: number,
): { readonly plan: string | null } | { readonly several: readonly NamedPlan[] } {
  const here = plans.filter(({ chain, plan }) => chain === place.chain && plan !== null);
  const named = here.filter(({ id }) => id === place.id);
  // A name of before an edit is none any more.
  const meant = named.length > 0 ? named : here;
  if (meant.length > 1) return { several: meant };
  const [only] = meant;
  const runnable = plans.filter(({ plan }) => plan !== null);
  if (only !== undefined) {
    // A file with one plan is run as it is, whatever it exports it by; one exported by its name alone needs it.
    return { plan: runnable.length === 1 && only.plan === "1" ? null : only.plan };
  }
  if (runnable.length > 0 && plans.some(({ chain }) => chain === place.chain)) return { several: [] };
  return { plan: plans.length === 0 && chains > 1 ? String(place.chain + 1) : null };
}
