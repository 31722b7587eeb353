import type { SourceSpec, StageName } from "@sampan/sdk/catalogue";
import {
  entryOf,
  type PlacedRecord,
  type PlacedText,
  type PlacedValue,
  type TextRange,
} from "../placed-value.ts";
import type {
  AnalysisOptions,
  ChainStep,
  MadeElsewhere,
  PlanChain,
  ProblemFix,
  ProblemLevel,
  RelatedPlace,
} from "../plan-analysis.ts";
import type { ReadPlan } from "../read/read-plan.ts";
import type { Sentence } from "../sentences/sentence.ts";
import type { RuleFacts } from "./rule-facts.ts";

/** One step with its arguments as the one object that stands in a plan. */
export interface StepFacts extends ChainStep {
  /** Positional arguments under their names, and the options. */
  readonly options: PlacedRecord;
  /** The stage the step is called on; absent after a verb that is none. */
  readonly on: StageName | undefined;
}

/** A region that a chain names, and where. */
export interface NamedRegion {
  readonly value: PlacedText;
  /** Where it is named, for people: "`copyTo`". */
  readonly by: string;
}

/** A chain with what rules ask of it. */
export interface ChainFacts {
  readonly chain: PlanChain;
  readonly steps: readonly StepFacts[];
  /** The source, when all of it is known and it is one. */
  readonly source: SourceSpec | undefined;
  /** Every region that is named. */
  readonly regions: readonly NamedRegion[];
  /** Region in which the image is made, as far as the text tells. */
  readonly imageRegion: NamedRegion | undefined;
}

/** What rules look at. */
export interface RuleInput {
  readonly read: ReadPlan;
  readonly chains: readonly ChainFacts[];
  readonly options: AnalysisOptions;
}

/** Another place that a finding is about, before it is said in a language. */
export interface RulePlace extends Omit<RelatedPlace, "message"> {
  readonly message: Sentence;
}

/** A change that makes a finding go away, before it is said in a language. */
export interface RuleFix extends Omit<ProblemFix, "title"> {
  readonly title: Sentence;
}

/** One thing that a rule found. */
export interface RuleFinding {
  readonly message: Sentence;
  readonly range: TextRange;
  /** Overrides the rule's level. */
  readonly level?: ProblemLevel;
  readonly related?: readonly RulePlace[];
  readonly elsewhere?: readonly MadeElsewhere[];
  readonly fixes?: readonly RuleFix[];
  readonly tag?: "unnecessary" | "deprecated";
}

/** One rule of plan files: one file, one line in the list, one section of the manual. */
export interface Rule extends RuleFacts {
  /** Everything of its kind in a file. */
  check(input: RuleInput): Iterable<RuleFinding>;
}

/** The value of an option of a step, by its path. */
export function optionOf(step: StepFacts, ...path: readonly string[]): PlacedValue | undefined {
  let at: PlacedValue | undefined = step.options;
  for (const key of path) {
    at = entryOf(at, key)?.value;
  }
  return at;
}

/** The text of an option that is known. */
export function textOption(step: StepFacts, ...path: readonly string[]): PlacedText | undefined {
  const value = optionOf(step, ...path);
  return value?.kind === "text" ? value : undefined;
}

/** Steps of a verb. */
export function stepsOf(chain: ChainFacts, ...verbs: readonly string[]): readonly StepFacts[] {
  return chain.steps.filter((step) => verbs.includes(step.verb));
}

/** A text as code: in the quotes it had. */
export function quoted(text: string, like = '"'): string {
  const inner = JSON.stringify(text).slice(1, -1);
  return like === "'" ? `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'` : `"${inner}"`;
}

/** Replaces one literal by another text; nothing when the value is composed. Safe unless a constant is used elsewhere too. */
export function rewrite(
  input: RuleInput,
  value: PlacedText,
  to: string,
  title: Sentence,
  safe: boolean,
): readonly RuleFix[] {
  if (!value.literal) return [];
  const newText = quoted(to, input.read.text[value.range.start]);
  return [{ title, safe: safe && value.usedAt === undefined, edits: [{ range: value.range, newText }] }];
}

/** Text of a plan inside a message: short, and in quotes. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
