import { closestNames } from "@sampan/core";
import { knownRegions, regionsAsOf } from "@sampan/sdk/catalogue";
import type { PlacedText } from "../placed-value.ts";
import { didYouMean, lines, sentence, statements } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { type Rule, type RuleFinding, type RuleFix, type RuleInput, rewrite, shown } from "./rule.ts";

const form = /^[a-z]{2}(-[a-z]+)+(-\d+)?$/;
const known = new Map(knownRegions.map((region) => [region.id, region]));

/** SMP101 */
export const region: Rule = {
  code: "SMP101",
  title: "A region that is not known",
  tier: "catalogue",
  level: "warning",
  why: `The list of regions is that of ${regionsAsOf}. A newer region is none the worse for not standing in it, so only what cannot be a region id is an error; OSS's spelling with \`oss-\` in front is none.`,
  mend: "Correct the name, or add a newer region to `extraRegions` in `sampan.config.ts`.",
  bad: plan(`${uploaded}\n  .import({ name: "web-01" })\n  .copyTo("cn-shangai")`),
  good: plan(`${uploaded}\n  .import({ name: "web-01" })\n  .copyTo("cn-shanghai")`),
  *check(input) {
    const extra = new Set(input.options.extraRegions ?? []);
    for (const { regions } of input.chains) {
      for (const { value } of regions) {
        const found = extra.has(value.value) ? undefined : judge(input, value);
        if (found) yield found;
      }
    }
  },
};

function judge(input: RuleInput, value: PlacedText): RuleFinding | undefined {
  const id = value.value;
  const entry = known.get(id);
  if (entry?.closed) {
    return {
      message: sentence("SMP101.closed", { name: entry.name, id, date: regionsAsOf }),
      range: value.range,
    };
  }
  if (entry) return undefined;
  const ids = knownRegions.filter(({ closed }) => !closed).map((one) => one.id);
  const meantId = id.trim().toLowerCase().replace(/^oss-/, "").replaceAll("_", "-");
  const near = ids.includes(meantId) ? [meantId] : closestNames(meantId, ids);
  const fixes = near.flatMap((name) => change(input, value, name, near.length === 1));
  const meant = didYouMean(near);
  if (!form.test(id) || id.startsWith("oss-")) {
    return {
      message: statements(sentence("SMP101.no-id", { id: shown(id) }), meant),
      range: value.range,
      level: "error",
      fixes,
    };
  }
  return {
    message: lines(
      statements(sentence("SMP101.unknown", { id: shown(id), date: regionsAsOf }), meant),
      sentence("SMP101.newer"),
    ),
    range: value.range,
    fixes,
  };
}

function change(input: RuleInput, value: PlacedText, name: string, safe: boolean): readonly RuleFix[] {
  const title = sentence("fix.change", { to: name });
  const { range } = value;
  // The region of an address is a part of its literal.
  if (!value.literal && input.read.text.slice(range.start, range.end) === value.value) {
    return [{ title, safe: safe && value.usedAt === undefined, edits: [{ range, newText: name }] }];
  }
  return rewrite(input, value, name, title, safe);
}
