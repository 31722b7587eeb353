import { madeThings } from "./made-things.ts";
import type { AnalysisOptions, PlanAnalysis, Problem } from "./plan-analysis.ts";
import { readPlan } from "./read/read-plan.ts";
import { chainFacts } from "./rules/chain-facts.ts";
import { planRules } from "./rules/index.ts";
import type { Rule, RuleFinding } from "./rules/rule.ts";
import { suppressions } from "./rules/suppressions.ts";
import { type Sentence, sentence, sentenceText } from "./sentences/sentence.ts";
import { suppress } from "./suppress.ts";

/**
 * Reads a plan file and judges it, without running any of it. Pure, and throws for no text whatever.
 *
 * What is only known when the plan runs is left open, and never called wrong. A text that is no plan file, longer than 2 MiB, or nested
 * deeper than any parser follows gives nothing or `SMP100`.
 */
export function analysePlan(text: string, options: AnalysisOptions = {}): PlanAnalysis {
  const read = readPlan(text, options);
  if (read === undefined) return { chains: [], problems: [unreadableProblem(options)], made: [] };
  const input = { read, chains: read.chains.map(chainFacts), options };
  const found = planRules.flatMap((rule) => {
    if (options.levels?.[rule.code] === "off") return [];
    return [...rule.check(input)].map((finding) => problemOf(rule, finding, options));
  });
  const { problems, findings } = suppress(read, found, planRules);
  const unused =
    options.levels?.SMP190 === "off" ? [] : findings.map((one) => problemOf(suppressions, one, options));
  return {
    chains: read.chains,
    problems: sorted([...problems, ...unused]),
    made: madeThings(input.chains),
  };
}

function problemOf(rule: Rule, finding: RuleFinding, options: AnalysisOptions): Problem {
  const { levels } = options;
  const { range, elsewhere, tag } = finding;
  const said = (one: Sentence) => sentenceText(one, options);
  const wished = levels && Object.hasOwn(levels, rule.code) ? levels[rule.code] : undefined;
  const level = wished === undefined || wished === "off" ? (finding.level ?? rule.level) : wished;
  const page = pageOf(rule.code);
  return {
    code: rule.code,
    level,
    message: said(finding.message),
    range,
    related: (finding.related ?? []).map((one) => ({ ...one, message: said(one.message) })),
    ...(elsewhere && {
      elsewhere: elsewhere.map((one) => ({ ...one, message: said(sentence("the-other-one")) })),
    }),
    fixes: (finding.fixes ?? []).map((fix) => ({ ...fix, title: said(fix.title) })),
    page,
    ...(tag && { tag }),
  };
}

/** The section of the manual about a rule, from `packages/language-server/docs/`. */
function pageOf(code: string): string {
  return `rules.md#${code.toLowerCase()}`;
}

function unreadableProblem(options: AnalysisOptions): Problem {
  const level = options.levels?.SMP100;
  return {
    code: "SMP100",
    level: level === undefined || level === "off" ? "error" : level,
    message: sentenceText(sentence("SMP100.too-long"), options),
    range: { start: 0, end: 0 },
    related: [],
    fixes: [],
    page: pageOf("SMP100"),
  };
}

/** In the order of the text; what two chains share is told once. */
function sorted(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ code, range, message }) => {
      const key = `${code} ${range.start} ${range.end} ${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end || (a.code < b.code ? -1 : 1));
}
