import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import type { Rule } from "./rule.ts";

const runId = "20261101-000000-aaaaa";

/** SMP150 */
export const resumable: Rule = {
  code: "SMP150",
  title: "The last run stopped and can be resumed",
  tier: "last run",
  level: "info",
  why: "What a run has done is recorded: going on repeats nothing that has finished.",
  mend: "`sampan resume ID` goes on, `sampan gc ID` deletes what it left.",
  bad: plan(uploaded, { lastRuns: { default: { runId, status: "cancelled", stoppedAt: "upload" } } }),
  good: plan(uploaded, { lastRuns: { default: { runId, status: "finished" } } }),
  *check(input) {
    for (const chain of input.chains) {
      const last = lastRunOf(input, chain);
      if (last?.stoppedAt === undefined || (last.status !== "failed" && last.status !== "cancelled"))
        continue;
      const step = chain.steps.find(({ verb }) => verb === last.stoppedAt);
      yield {
        message: sentence("SMP150.stopped", { verb: last.stoppedAt, runId: last.runId }),
        range: step?.nameRange ?? chain.chain.fromRange,
      };
    }
  },
};
