import { lines, sentence } from "../sentences/sentence.ts";
import { plan, uploaded } from "./example.ts";
import { isFresh } from "./fresh.ts";
import { optionOf, type Rule, type RuleFix, type StepFacts, stepsOf } from "./rule.ts";

const account = { importRole: { askedAtMs: 0, state: "missing" as const } };
const role = "AliyunECSImageImportDefaultRole";

/** SMP134 */
export const importRole: Rule = {
  code: "SMP134",
  title: "ECS has no role to read the bucket with",
  tier: "account",
  level: "error",
  why: `ImportImage reads the object by the role \`${role}\`, which has to exist and to trust ECS; else it is refused with \`NoSetRoletoECSServiceAcount\`.`,
  mend: "`createRole: true` makes it when it is missing, `sampan setup role` before. A role that trusts somebody else is corrected in the console of RAM.",
  bad: plan(`${uploaded}\n  .import()`, { account }),
  good: plan(`${uploaded}\n  .import({ createRole: true })`, { account }),
  *check(input) {
    const known = input.options.account?.importRole;
    if (known === undefined || known.state === "ready" || !isFresh(input, known.askedAtMs)) return;
    for (const chain of input.chains) {
      for (const step of stepsOf(chain, "import")) {
        if (known.state === "untrusted") {
          yield {
            message: sentence("SMP134.untrusted", { role }),
            range: step.nameRange,
          };
          continue;
        }
        const creates = optionOf(step, "createRole");
        const isOff =
          creates === undefined ? step.options.complete : creates.kind === "scalar" && creates.value !== true;
        if (!isOff) continue;
        yield {
          message: lines(sentence("SMP134.missing", { role }), sentence("SMP134.ways")),
          range: step.nameRange,
          fixes: creates === undefined ? [...creating(step)] : [],
        };
      }
    }
  },
};

function* creating(step: StepFacts): Generator<RuleFix> {
  const [given] = step.args;
  const option = "createRole: true";
  const title = sentence("SMP134.create");
  if (given === undefined) {
    const at = step.callRange.end - 1;
    yield { title, safe: false, edits: [{ range: { start: at, end: at }, newText: `{ ${option} }` }] };
  } else if (given.kind === "record" && given.usedAt === undefined) {
    const at = given.range.start + 1;
    const newText = given.entries.length > 0 ? ` ${option},` : ` ${option} `;
    yield { title, safe: false, edits: [{ range: { start: at, end: at }, newText }] };
  }
}
