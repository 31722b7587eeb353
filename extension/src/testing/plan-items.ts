import type { NamedPlan } from "../language/chain-ids.ts";
import type { OutlineChain } from "../plans/outline.ts";
import type { PlanPlace } from "../runs/plan-place.ts";

/** One plan of a file as the Testing view has it. */
export interface PlanItem {
  readonly id: string;
  readonly place: PlanPlace;
  /** What is migrated; `null` where only a run can tell. */
  readonly source: string | null;
  readonly chain: OutlineChain;
}

/**
 * A row for each plan of a file. A text that makes several, such as one called for each host, has a row for each of them; one that the
 * language server has not told of, a row for the text.
 */
export function planItems(
  uri: string,
  chains: readonly OutlineChain[],
  named: readonly NamedPlan[],
): readonly PlanItem[] {
  return chains.flatMap((chain): PlanItem[] => {
    const { index } = chain;
    const plans = named.filter((plan) => plan.chain === index);
    const [only] = plans;
    // Its place is the same before and after the server has told, so that its results stay with it.
    const id = `${uri}#${index}`;
    if (plans.length < 2) {
      return [{ id, place: { uri, chain: index }, source: chain.source ?? only?.source ?? null, chain }];
    }
    return plans.map((plan) => ({
      id: `${id}:${plan.id}`,
      place: { uri, chain: index, id: plan.id },
      source: plan.source ?? plan.title,
      chain,
    }));
  });
}
