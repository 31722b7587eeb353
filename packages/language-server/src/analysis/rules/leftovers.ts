import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import type { Rule } from "./rule.ts";

const runId = "20261101-000000-aaaaa";

/** SMP151 */
export const leftovers: Rule = {
  code: "SMP151",
  title: "An old run left things that cost money",
  tier: "last run",
  level: "warning",
  why: "Unfinished uploads, objects and images are billed until they are deleted; OSS forgets no part by itself.",
  mend: "`sampan gc ID` lists and deletes them; a run that is resumed uses them.",
  bad: plan(uploaded, {
    lastRuns: { default: { runId, status: "cancelled", leftovers: ["an unfinished upload in web-images"] } },
  }),
  good: plan(uploaded, { lastRuns: { default: { runId, status: "finished", leftovers: [] } } }),
  *check(input) {
    for (const chain of input.chains) {
      const last = lastRunOf(input, chain);
      if (last === undefined || last.status === "running" || (last.leftovers ?? []).length === 0) continue;
      yield {
        message: sentence("SMP151.left", { runId: last.runId, things: last.leftovers ?? [] }),
        range: chain.chain.fromRange,
      };
    }
  },
};
