import { isSampanError } from "@sampan/core";
import { catalogue, refuseForeignKind, refuseStep, type Verb } from "@sampan/sdk/catalogue";
import { plainValue } from "../placed-value.ts";
import { foreign, sentence } from "../sentences/sentence.ts";
import { isVerb } from "./chain-facts.ts";
import { plan } from "./example.ts";
import type { Rule } from "./rule.ts";

/** SMP117 */
export const hostKind: Rule = {
  code: "SMP117",
  title: "A step or option that is not for this kind of host",
  tier: "text",
  level: "error",
  why: "Some steps are for ECS instances only, some options for hosts that run, some tools for one system. A plan in which they do not go together is refused when it is loaded, by the same words.",
  mend: "The message says what fits that kind of host.",
  bad: plan('Migration.from("./web-01.vmdk")\n  .assess()\n  .capture({ consistency: "snapshot" })'),
  good: plan('Migration.from("ssh://root@web-01")\n  .assess()\n  .capture({ consistency: "snapshot" })'),
  *check({ chains }) {
    for (const { source, steps } of chains) {
      if (source === undefined) continue;
      const before: { verb: Verb; options: object }[] = [];
      let known = true;
      for (const step of steps) {
        if (!isVerb(step.verb)) break;
        const { value, complete } = plainValue(step.options);
        const details = { step: before.length + 1, verb: step.verb };
        const next = { verb: step.verb, options: value as object };
        try {
          refuseForeignKind(source, step.verb, catalogue[step.verb], details);
          known &&= complete;
          if (known && catalogue[step.verb].options.safeParse(value).success) {
            refuseStep({ source, steps: before }, next);
          }
        } catch (error) {
          if (!isSampanError(error)) throw error;
          const first = foreign(error.message.replace(/^step \d+ of a plan: /, ""));
          const message = sentence("both.sentences", { first, next: foreign(error.hint) });
          yield { message, range: step.nameRange };
        }
        before.push(next);
      }
    }
  },
};
