import { sentence } from "../sentences/sentence.ts";
import { all, plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import { optionOf, type Rule } from "./rule.ts";

/** RAM actions that a run takes for each verb, at the least. */
const actions: Readonly<Record<string, readonly string[]>> = {
  upload: ["oss:PutObject", "oss:GetObject", "oss:ListParts"],
  import: ["ecs:ImportImage", "ecs:DescribeImages", "ecs:DescribeTaskAttribute"],
  snapshot: ["ecs:CreateSnapshotGroup", "ecs:DescribeSnapshots"],
  createImage: ["ecs:CreateImage", "ecs:DescribeImages"],
  copyTo: ["ecs:CopyImage", "ecs:DescribeImages"],
  shareWith: ["ecs:ModifyImageSharePermission", "ecs:DescribeImageSharePermission"],
  launch: ["ecs:RunInstances", "ecs:DescribeInstances"],
};

/** SMP133 */
export const permissions: Rule = {
  code: "SMP133",
  title: "The account may not do what the plan needs",
  tier: "account",
  level: "error",
  why: "A denied action ends the run where it is needed, perhaps after hours of upload. Only actions that the account was asked for and that were denied are told.",
  mend: "Have them allowed: `sampan plan FILE --policy` prints the smallest policy that does.",
  bad: plan(`${uploaded}\n  .import()`, { account: { deniedActions: all("ecs:ImportImage") } }),
  good: plan(`${uploaded}\n  .import()`, { account: { deniedActions: all("ecs:CopyImage") } }),
  *check(input) {
    const denied = freshItems(input, input.options.account?.deniedActions) ?? [];
    for (const { steps } of input.chains) {
      for (const step of steps) {
        const bucket = optionOf(step, "createBucket");
        const creates = bucket?.kind === "scalar" && bucket.value === true ? ["oss:PutBucket"] : [];
        const wanting = [...(actions[step.verb] ?? []), ...creates].filter((one) => denied.includes(one));
        if (wanting.length === 0) continue;
        yield {
          message: sentence("SMP133.denied", { actions: wanting, verb: step.verb }),
          range: step.nameRange,
        };
      }
    }
  },
};
