import { closestNames } from "@sampan/core";
import { type ProfileName, rules } from "@sampan/guest/rules";
import { didYouMean, sentence, statements } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import { optionOf, type Rule, shown, stepsOf, textOption } from "./rule.ts";

/** SMP118 */
export const ruleIds: Rule = {
  code: "SMP118",
  title: "A blocker is accepted that no assessment finds",
  tier: "text",
  level: "warning",
  why: "`accept` names rules of the assessment by id. One that the chosen profile does not have accepts nothing: the run stops at the blocker all the same.",
  mend: "Correct the id; `sampan explain ID` knows each. The profiles `current` and `whitepaper-2017` have different rules.",
  bad: plan(
    'Migration.from("./web-01.vmdk").assess({ accept: { "GUESTOS.Virtoi": "boots from the network" } })',
  ),
  good: plan(
    'Migration.from("./web-01.vmdk").assess({ accept: { "GUESTOS.Virtio": "boots from the network" } })',
  ),
  *check({ chains }) {
    for (const chain of chains) {
      for (const step of stepsOf(chain, "assess")) {
        const accept = optionOf(step, "accept");
        if (accept?.kind !== "record") continue;
        const profile = profileOf(
          textOption(step, "profile")?.value,
          optionOf(step, "profile") === undefined,
        );
        for (const { key, keyRange } of accept.entries) {
          const rule = rules.find(({ id }) => id === key);
          if (rule === undefined) {
            const near = closestNames(
              key,
              rules.map(({ id }) => id),
            );
            yield {
              message: statements(sentence("SMP118.no-rule", { id: shown(key) }), didYouMean(near)),
              range: keyRange,
              fixes: near.map((id) => ({
                title: sentence("fix.change", { to: id }),
                safe: near.length === 1,
                edits: [{ range: keyRange, newText: JSON.stringify(id) }],
              })),
            };
          } else if (profile !== undefined && rule.profiles[profile] === undefined) {
            yield {
              message: sentence("SMP118.not-in-profile", { profile, id: key }),
              range: keyRange,
              level: "info",
            };
          }
        }
      }
    }
  },
};

/** The profile that is named, or the default; `undefined` when it is not known. */
export function profileOf(named: string | undefined, isDefault: boolean): ProfileName | undefined {
  if (isDefault) return "current";
  return named === "current" || named === "whitepaper-2017" ? named : undefined;
}
