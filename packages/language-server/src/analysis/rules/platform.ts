import { closestNames } from "@sampan/core";
import { importPlatforms } from "@sampan/sdk/catalogue";
import { didYouMean, sentence, statements } from "../sentences/sentence.ts";
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
            message: statements(
              sentence("SMP123.unknown", { name: shown(value.value) }),
              didYouMean(near) ?? sentence("SMP123.others"),
            ),
            range: value.range,
            fixes: names.flatMap((name) =>
              rewrite(input, value, name, sentence("fix.change", { to: name }), near.length === 1),
            ),
          };
        } else if (
          found !== undefined &&
          found !== value.value &&
          !/^(Others|Customized) /.test(value.value)
        ) {
          yield {
            message: sentence("SMP123.found", { found, said: value.value }),
            range: value.range,
            level: "warning",
            fixes: rewrite(input, value, found, sentence("fix.change", { to: found }), false),
          };
        }
      }
    }
  },
};
