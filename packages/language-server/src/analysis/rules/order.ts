import { closestNames } from "@sampan/core";
import { catalogue, type StageName, type Verb, type VerbEntry, verbsOf } from "@sampan/sdk/catalogue";
import type { TextEdit } from "../plan-analysis.ts";
import { anyOf, didYouMean, type Sentence, sentence, statements } from "../sentences/sentence.ts";
import { isVerb } from "./chain-facts.ts";
import { plan } from "./example.ts";
import type { ChainFacts, Rule, RuleFinding, RuleFix, RuleInput, StepFacts } from "./rule.ts";
import { isNewerSdk } from "./versions.ts";

/** SMP110 */
export const order: Rule = {
  code: "SMP110",
  title: "A step that is missing, out of order, given twice, or none",
  tier: "text",
  level: "error",
  why: "A plan is a chain in which each step works on what the one before gives. In TypeScript the compiler refuses the same; JavaScript, and what went through `any`, fails when the plan is loaded.",
  mend: "Insert what is missing, or move the step. `--fix` inserts steps that need nothing said.",
  bad: plan('Migration.from("./web-01.vmdk")\n  .assess()\n  .upload("web-images")'),
  good: plan(
    'Migration.from("./web-01.vmdk")\n  .assess()\n  .capture()\n  .toVhd()\n  .upload("web-images")',
  ),
  *check(input) {
    for (const chain of input.chains) {
      const seen = new Set<string>();
      for (const step of chain.steps) {
        const found = judge(input, chain, step, seen);
        if (found) yield found;
        seen.add(step.verb);
      }
    }
  },
};

function judge(
  input: RuleInput,
  chain: ChainFacts,
  step: StepFacts,
  seen: ReadonlySet<string>,
): RuleFinding | undefined {
  const { verb, on, nameRange } = step;
  if (!isVerb(verb)) {
    // A newer SDK may have it.
    if (isNewerSdk(input.options.versions)) return undefined;
    const near = closestNames(verb, on ? verbsOf(on) : Object.keys(catalogue));
    return {
      message: statements(
        sentence("SMP110.no-step", { verb }),
        on ? may(on, chain) : undefined,
        didYouMean(near),
      ),
      range: nameRange,
      fixes: near.map((name) => ({
        title: sentence("fix.change", { to: name }),
        safe: near.length === 1,
        edits: [{ range: nameRange, newText: name }],
      })),
    };
  }
  if (on === undefined) return undefined;
  const entry: VerbEntry = catalogue[verb];
  if (entry.from.includes(on)) {
    if (entry.repeatable || !seen.has(verb)) return undefined;
    return {
      message: sentence("SMP110.twice", { verb }),
      range: nameRange,
      tag: "unnecessary",
      fixes: withoutOptions(step)
        ? [
            {
              title: sentence("fix.remove-step", { verb }),
              safe: true,
              edits: [{ range: step.callRange, newText: "" }],
            },
          ]
        : [],
    };
  }
  const missing = pathTo(on, entry.from, chain);
  if (missing === undefined) {
    const repeated = seen.has(verb) && !entry.repeatable;
    return {
      message: repeated
        ? sentence("SMP110.again", { verb })
        : statements(sentence("SMP110.order", { verb, stages: anyOf(entry.from) }), may(on, chain)),
      range: nameRange,
      fixes:
        repeated && withoutOptions(step)
          ? [
              {
                title: sentence("fix.remove-step", { verb }),
                safe: true,
                edits: [{ range: step.callRange, newText: "" }],
              },
            ]
          : [],
    };
  }
  return {
    message: sentence("SMP110.missing", { verb, steps: calls(missing) }),
    range: nameRange,
    fixes: insertion(input, step, missing),
  };
}

function may(on: StageName, chain: ChainFacts): Sentence {
  const verbs = verbsOf(on).filter((verb) => fits(verb, chain));
  return verbs.length > 0 ? sentence("SMP110.may", { verbs }) : sentence("SMP110.nothing-more");
}

function calls(verbs: readonly Verb[]): readonly string[] {
  return verbs.map((verb) => `${verb}()`);
}

/** Whether a verb is for the host. What the source is may not be known: disks are read far more often than instances imaged. */
function fits(verb: Verb, { source }: ChainFacts): boolean {
  const { hosts }: VerbEntry = catalogue[verb];
  return hosts === undefined || (source ? hosts.includes(source.kind) : hosts.length > 1);
}

/** The shortest way from one stage to another; steps that are not for the host are left out. */
function pathTo(from: StageName, to: readonly StageName[], chain: ChainFacts): readonly Verb[] | undefined {
  const waiting: { readonly stage: StageName; readonly path: readonly Verb[] }[] = [
    { stage: from, path: [] },
  ];
  const seen = new Set<StageName>([from]);
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (at.path.length > 0 && to.includes(at.stage)) return at.path;
    for (const verb of verbsOf(at.stage)) {
      const { to: next } = catalogue[verb];
      if (!fits(verb, chain) || seen.has(next)) continue;
      seen.add(next);
      waiting.push({ stage: next, path: [...at.path, verb] });
    }
  }
  return undefined;
}

/** Puts steps before another one, in a line of their own where that has one. None for steps that need something said. */
function insertion(input: RuleInput, step: StepFacts, missing: readonly Verb[]): readonly RuleFix[] {
  if (missing.some((verb) => (catalogue[verb] as VerbEntry).positional.length > 0)) return [];
  const { start } = step.callRange;
  const { text } = input.read;
  const before = /(\r?\n[ \t]*)$/.exec(text.slice(Math.max(0, start - 400), start))?.[1] ?? "";
  const edit: TextEdit = {
    range: { start, end: start },
    newText: missing.map((verb) => `.${verb}()${before}`).join(""),
  };
  const title = sentence("SMP110.insert", { steps: calls(missing) });
  return [{ title, safe: true, edits: [edit] }];
}

function withoutOptions(step: StepFacts): boolean {
  return (
    step.args.length === 0 ||
    step.args.every((value) => value.kind === "record" && value.entries.length === 0 && value.complete)
  );
}
