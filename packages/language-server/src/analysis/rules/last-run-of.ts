import type { LastRun } from "../last-run.ts";
import type { ChainFacts, RuleInput } from "./rule.ts";

/** What is known of the last run of a chain. */
export function lastRunOf({ options }: RuleInput, { chain }: ChainFacts): LastRun | undefined {
  const { lastRuns } = options;
  return lastRuns && Object.hasOwn(lastRuns, chain.id) ? lastRuns[chain.id] : undefined;
}
