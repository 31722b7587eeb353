import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import type { Rule } from "./rule.ts";

const hour = 3_600_000;
/** How long a migration is taken to last where no run has told. */
const usualMs = 2 * hour;
const nowMs = Date.UTC(2026, 10, 1);

/** SMP132 */
export const credentials: Rule = {
  code: "SMP132",
  title: "Credentials that end before the migration does",
  tier: "account",
  level: "warning",
  why: "A static token of STS is not renewed. A run whose credentials end stops at the next call, and is resumed with new ones.",
  mend: "Take a profile that renews itself (RamRoleArn, OIDC, the role of an instance), or log in anew before the run.",
  bad: plan(uploaded, {
    nowMs,
    account: { credentials: { expiresAtMs: nowMs + hour / 2, renewable: false } },
  }),
  good: plan(uploaded, {
    nowMs,
    account: { credentials: { expiresAtMs: nowMs + hour / 2, renewable: true } },
  }),
  *check(input) {
    const { account, nowMs: now } = input.options;
    const ends = account?.credentials?.expiresAtMs;
    if (ends === undefined || now === undefined || account?.credentials?.renewable) return;
    for (const chain of input.chains) {
      const first = chain.steps.find(({ verb }) => ["upload", "snapshot", "createImage"].includes(verb));
      if (first === undefined) continue;
      const takes = lastRunOf(input, chain)?.tookMs ?? usualMs;
      if (ends - now >= takes) continue;
      const left = Math.round((ends - now) / 60_000);
      yield {
        message:
          left <= 0
            ? sentence("SMP132.ended")
            : sentence("SMP132.ends", { left, takes: Math.round(takes / 60_000) }),
        range: first.nameRange,
      };
    }
  },
};
