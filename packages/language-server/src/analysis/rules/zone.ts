import type { PlacedText } from "../placed-value.ts";
import { sentence, statements } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { freshItems } from "./fresh.ts";
import {
  optionOf,
  type Rule,
  type RuleFinding,
  type RuleInput,
  type StepFacts,
  stepsOf,
  textOption,
} from "./rule.ts";

const launched = (options: string) =>
  `${uploaded}\n  .import({ region: "cn-hangzhou" })\n  .launch(${options})`;

/** SMP102 */
export const zone: Rule = {
  code: "SMP102",
  title: "A zone that is not of the region, or lacks the instance type",
  tier: "catalogue",
  level: "error",
  why: "The id of a zone begins with that of its region, and an instance starts in the region of its image. Whether a zone has an instance type is asked of the account where that is possible.",
  mend: "Name a zone of the region, or leave it out: then any zone that has the type is taken.",
  bad: plan(launched('{ zone: "cn-shanghai-b" }')),
  good: plan(launched('{ zone: "cn-hangzhou-i" }')),
  *check(input) {
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "launch")) {
        const given = textOption(step, "zone");
        if (given === undefined) continue;
        const named = optionOf(step, "region");
        const launchesIn = named?.kind === "text" ? named : undefined;
        const isOpen = named === undefined && !step.options.complete;
        // A plan that copies launches where `launch` says, or in the first image's region.
        const region = launchesIn ?? (named === undefined && !isOpen ? chain.imageRegion?.value : undefined);
        if (region && !isZoneOf(given.value, region.value)) {
          yield {
            message: sentence("SMP102.other-region", { zone: given.value, region: region.value }),
            range: given.range,
            related: [{ message: sentence("SMP102.region", { region: region.value }), range: region.range }],
          };
          continue;
        }
        const found = stock(input, step, given, region);
        if (found) yield found;
      }
    }
  },
};

/** `cn-hangzhou-i` and `us-east-1a` are zones of `cn-hangzhou` and `us-east-1`. */
function isZoneOf(zone: string, region: string): boolean {
  return zone.startsWith(region) && /^-?[a-z]{1,2}$/.test(zone.slice(region.length));
}

function stock(
  input: RuleInput,
  step: StepFacts,
  given: PlacedText,
  region: PlacedText | undefined,
): RuleFinding | undefined {
  const zones = freshItems(input, input.options.account?.zones);
  const ofRegion = zones?.filter((one) => one.region === region?.value) ?? [];
  if (ofRegion.length === 0) return undefined;
  const known = ofRegion.find((one) => one.zone === given.value);
  const others = ofRegion.map((one) => one.zone);
  if (known === undefined) {
    return {
      message: sentence("SMP102.unseen", { zone: given.value, region: region?.value ?? "", zones: others }),
      range: given.range,
    };
  }
  const types = optionOf(step, "instanceTypes");
  if (types?.kind !== "list" || !types.complete || known.instanceTypes === undefined) return undefined;
  const wanted = types.items.filter((one) => one.kind === "text").map((one) => one.value);
  if (wanted.length < types.items.length || wanted.some((one) => known.instanceTypes?.includes(one))) {
    return undefined;
  }
  const having = ofRegion.filter(({ instanceTypes }) => wanted.some((one) => instanceTypes?.includes(one)));
  return {
    message: statements(
      sentence("SMP102.no-stock", { zone: given.value, types: wanted }),
      having.length > 0
        ? sentence("SMP102.stock-elsewhere", { zones: having.map((one) => one.zone) })
        : undefined,
    ),
    range: given.range,
    level: "warning",
    fixes: having
      .filter(() => given.literal)
      .map((one) => ({
        title: sentence("fix.change", { to: one.zone }),
        safe: false,
        edits: [{ range: given.range, newText: JSON.stringify(one.zone) }],
      })),
  };
}
