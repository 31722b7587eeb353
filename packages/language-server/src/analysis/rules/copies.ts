import type { PlacedText } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { optionOf, type Rule, type RuleFix, type RuleInput, stepsOf } from "./rule.ts";

const copied = (regions: string) =>
  `${uploaded}\n  .import({ region: "cn-hangzhou" })\n  .copyTo(${regions})`;

/** SMP140 */
export const copies: Rule = {
  code: "SMP140",
  title: "A copy to the region the image is in, or to one twice",
  tier: "text",
  level: "error",
  why: "CopyImage refuses a copy into the image's own region, and a second copy of the same name. Copies to different regions run at once and get in nobody's way: a region runs five at a time, and a plan makes one in each.",
  mend: "Take the region out.",
  bad: plan(copied('"cn-shanghai", "cn-hangzhou"')),
  good: plan(copied('"cn-shanghai"')),
  *check(input) {
    for (const chain of input.chains) {
      const seen = new Map<string, PlacedText>();
      for (const step of stepsOf(chain, "copyTo")) {
        const list = optionOf(step, "regions");
        if (list?.kind !== "list") continue;
        for (const [index, region] of list.items.entries()) {
          if (region.kind !== "text") continue;
          const fixes = step.args[index] === region ? removal(input, step.args, index) : [];
          const own = chain.imageRegion?.value;
          const twin = seen.get(region.value);
          if (own?.value === region.value) {
            yield {
              message: sentence("SMP140.same", { region: region.value }),
              range: region.range,
              related: [{ message: sentence("SMP140.made", { region: own.value }), range: own.range }],
              tag: "unnecessary",
              fixes,
            };
          } else if (twin) {
            yield {
              message: sentence("SMP140.twice", { region: region.value }),
              range: region.range,
              level: "warning",
              related: [{ message: sentence("SMP140.first"), range: twin.range }],
              tag: "unnecessary",
              fixes,
            };
          } else seen.set(region.value, region);
        }
      }
    }
  },
};

/** Takes one argument of several out, with its comma. */
function removal(
  { read }: RuleInput,
  args: readonly { readonly range: PlacedText["range"]; readonly usedAt?: PlacedText["range"] }[],
  index: number,
): readonly RuleFix[] {
  if (args.length < 2) return [];
  const place = (at: number) => args[at]?.usedAt ?? args[at]?.range;
  const here = place(index);
  const before = place(index - 1);
  const after = place(index + 1);
  if (here === undefined) return [];
  const range = before
    ? { start: before.end, end: here.end }
    : { start: here.start, end: after?.start ?? here.end };
  // A comment between two arguments is not ours to delete.
  if (/\/[/*]/.test(read.text.slice(range.start, range.end))) return [];
  return [{ title: sentence("SMP140.remove"), safe: true, edits: [{ range, newText: "" }] }];
}
