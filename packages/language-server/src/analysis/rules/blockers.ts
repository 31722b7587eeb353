import type { TextEdit } from "../plan-analysis.ts";
import { foreign, lines, sentence } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import { lastRunOf } from "./last-run-of.ts";
import {
  type ChainFacts,
  optionOf,
  type Rule,
  type RuleFix,
  type StepFacts,
  stepsOf,
  textOption,
} from "./rule.ts";
import { profileOf } from "./rule-ids.ts";

const chain = (options: string) => `Migration.from("ssh://root@web-01")\n  .assess(${options})\n  .capture()`;
const lastRuns = {
  default: {
    runId: "20261101-000000-aaaaa",
    status: "failed" as const,
    profile: "current" as const,
    findings: [
      {
        rule: "GUESTOS.Virtio",
        severity: "blocker" as const,
        message: "the initramfs has no virtio_blk",
        hint: "dracut --add-drivers virtio_blk --force",
        fixup: null,
      },
    ],
  },
};

/** SMP122 */
export const blockers: Rule = {
  code: "SMP122",
  title: "The assessment of the last run found blockers",
  tier: "last run",
  level: "error",
  why: "A blocker ends a run unless it is accepted by id with a reason, or a fix-up of `prepare` mends it on the copy. Findings count for the profile they were found by: those of `whitepaper-2017` say nothing of a plan that is judged by `current`.",
  mend: "Mend it on the host as `sampan explain ID` tells, add `prepare()` where a fix-up does it, or accept the risk with a reason.",
  bad: plan(chain(""), { lastRuns }),
  good: plan(chain('{ accept: { "GUESTOS.Virtio": "boots by a kernel of our own" } }'), { lastRuns }),
  *check(input) {
    for (const chain of input.chains) {
      const last = lastRunOf(input, chain);
      const [assess] = stepsOf(chain, "assess");
      if (assess === undefined || last === undefined || last.status === "finished") continue;
      const profile = profileOf(
        textOption(assess, "profile")?.value,
        optionOf(assess, "profile") === undefined,
      );
      if (profile === undefined || (last.profile ?? "current") !== profile) continue;
      const accept = optionOf(assess, "accept");
      if ((accept !== undefined && accept.kind !== "record") || !assess.options.complete) continue;
      if (accept?.complete === false) continue;
      const open = (last.findings ?? []).filter(
        ({ rule, severity, fixup }) =>
          severity === "blocker" &&
          accept?.entries.some(({ key }) => key === rule) !== true &&
          !(fixup !== null && mayMend(chain, fixup)),
      );
      for (const { rule, message, hint, fixup } of open) {
        const cure =
          fixup === null
            ? sentence("as-it-came", { text: foreign(hint) })
            : sentence("SMP122.mends", { fixup });
        yield {
          message: lines(sentence("SMP122.stopped", { rule, message: foreign(message) }), cure),
          range: assess.nameRange,
          fixes: [...accepting(assess, rule, accept)],
        };
      }
    }
  },
};

function mayMend(chain: ChainFacts, fixup: string): boolean {
  return stepsOf(chain, "prepare").some((step) => {
    if (!step.options.complete) return true;
    const names = (key: string) => {
      const value = optionOf(step, key);
      return value?.kind === "list"
        ? value.items.map((item) => (item.kind === "text" ? item.value : ""))
        : undefined;
    };
    const only = names("only");
    return names("skip")?.includes(fixup) !== true && (only === undefined || only.includes(fixup));
  });
}

/** Accepting a blocker takes a reason, which only people have. */
function* accepting(
  assess: StepFacts,
  rule: string,
  accept: ReturnType<typeof optionOf>,
): Generator<RuleFix> {
  const entry = `${JSON.stringify(rule)}: "say why this is no risk"`;
  let edit: TextEdit | undefined;
  const [given] = assess.args;
  if (accept?.kind === "record") {
    const at = accept.range.start + 1;
    edit = { range: { start: at, end: at }, newText: ` ${entry}${accept.entries.length > 0 ? "," : " "}` };
  } else if (given?.kind === "record") {
    const at = given.range.start + 1;
    edit = {
      range: { start: at, end: at },
      newText: ` accept: { ${entry} }${given.entries.length > 0 ? "," : " "}`,
    };
  } else if (given === undefined) {
    const at = assess.callRange.end - 1;
    edit = { range: { start: at, end: at }, newText: `{ accept: { ${entry} } }` };
  }
  if (edit) yield { title: sentence("SMP122.accept", { rule }), safe: false, edits: [edit] };
}
