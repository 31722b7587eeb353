import type { PlacedText } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import { all, plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import { optionOf, type Rule, type RuleFinding, stepsOf } from "./rule.ts";

const copied = `${uploaded}\n  .import({ region: "cn-hangzhou" })\n  .copyTo("cn-shanghai")`;
const quota = (used: number) => ({
  account: { quotas: all({ kind: "images" as const, region: "cn-shanghai", used, limit: 100 }) },
});

/** SMP141 */
export const quotas: Rule = {
  code: "SMP141",
  title: "A quota that is nearly used up",
  tier: "account",
  level: "warning",
  why: "An image that would be one too many is refused at its end: `QuotaExceed.Image`. Each image holds a snapshot of each of its disks, which count too.",
  mend: "Delete what is not needed, or ask for more in the console.",
  bad: plan(copied, quota(100)),
  good: plan(copied, quota(12)),
  *check(input) {
    const known = freshItems(input, input.options.account?.quotas) ?? [];
    const judge = function* (region: PlacedText): Generator<RuleFinding> {
      for (const { kind, used, limit } of known.filter((one) => one.region === region.value)) {
        if (used < limit - Math.max(1, Math.floor(limit / 50))) continue;
        yield {
          message: sentence(used >= limit ? `SMP141.full-${kind}` : `SMP141.${kind}`, {
            region: region.value,
            used,
            limit,
          }),
          range: region.range,
        };
      }
    };
    for (const chain of input.chains) {
      if (chain.imageRegion && stepsOf(chain, "import", "createImage").length > 0) {
        yield* judge(chain.imageRegion.value);
      }
      for (const step of stepsOf(chain, "copyTo")) {
        const list = optionOf(step, "regions");
        if (list?.kind !== "list") continue;
        for (const region of list.items) if (region.kind === "text") yield* judge(region);
      }
    }
  },
};
