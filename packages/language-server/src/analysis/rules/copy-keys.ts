import { lines, sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import { optionOf, type Rule, stepsOf, textOption } from "./rule.ts";

const copied = (regions: string) =>
  `${uploaded}\n  .import()\n  .copyTo(${regions}, { encrypted: true, kmsKeyId: "key-bj1example" })`;

/** SMP142 */
export const copyKeys: Rule = {
  code: "SMP142",
  title: "A key that is not of the copy's region",
  tier: "account",
  level: "warning",
  why: "A key of KMS lies in one region and encrypts nothing in another. That one key is named for several regions is told by the text; whether it can be used there, by the account.",
  mend: "Call `copyTo` once for each region, each with a key of that region.",
  bad: plan(copied('"cn-beijing", "cn-shanghai"')),
  good: plan(copied('"cn-beijing"')),
  *check(input) {
    const keys = freshItems(input, input.options.account?.kmsKeys);
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "copyTo")) {
        const key = textOption(step, "kmsKeyId");
        const list = optionOf(step, "regions");
        if (key === undefined || list?.kind !== "list" || !list.complete) continue;
        if (list.items.length > 1) {
          yield {
            message: lines(sentence("SMP142.one-key", { count: list.items.length }), sentence("SMP142.each")),
            range: key.range,
          };
          continue;
        }
        const [region] = list.items;
        if (keys === undefined || region?.kind !== "text") continue;
        const known = keys.find(({ id, region: of }) => id === key.value && of === region.value);
        if (known?.usable) continue;
        yield {
          message: known
            ? sentence("SMP142.unusable", { region: region.value })
            : sentence("SMP142.missing", { region: region.value }),
          range: key.range,
        };
      }
    }
  },
};
