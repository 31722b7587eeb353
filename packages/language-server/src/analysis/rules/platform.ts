import { closestNames } from "@sampan/core";
import { importPlatforms } from "@sampan/sdk/catalogue";
import { plan, uploaded } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import { type Rule, rewrite, shown, stepsOf, textOption } from "./rule.ts";

/** SMP123 */
export const platform: Rule = {
  code: "SMP123",
  title: "A platform that ImportImage does not list, or that the host is not",
  tier: "catalogue",
  level: "error",
  why: "The list is the one that the SDK takes, of the vendor's reference of 2025: another platform is refused before the cloud is asked. For what has no name there, there are `Others Linux` and `Customized Linux`; the latter is not adapted by the cloud at all.",
  mend: "Leave it out: then the assessment names it. Or write it as ECS does.",
  bad: plan(`${uploaded}\n  .import({ platform: "Redhat" })`),
  good: plan(`${uploaded}\n  .import({ platform: "RedHat" })`),
  *check(input) {
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "import")) {
        const value = textOption(step, "platform");
        if (value === undefined) continue;
        const found = lastRunOf(input, chain)?.host?.platform;
        if (!(importPlatforms as readonly string[]).includes(value.value)) {
          const near = closestNames(value.value, importPlatforms);
          const names = near.length > 0 ? near : ["Others Linux"];
          yield {
            message: `ImportImage has no platform ${shown(value.value)} (reference of 2025). ${near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "For any other Linux there is Others Linux."}`,
            range: value.range,
            fixes: names.flatMap((name) =>
              rewrite(input, value, name, `Change to ${name}`, near.length === 1),
            ),
          };
        } else if (
          found !== undefined &&
          found !== value.value &&
          !/^(Others|Customized) /.test(value.value)
        ) {
          yield {
            message: `The last run found ${found} on the host; as ${value.value} the cloud would adapt it wrongly.`,
            range: value.range,
            level: "warning",
            fixes: rewrite(input, value, found, `Change to ${found}`, false),
          };
        }
      }
    }
  },
};
