import type { AnalysisOptions, ProblemLevel } from "../plan-analysis.ts";

/** An example: the text of a plan file, and what is known besides. */
export interface RuleExample {
  readonly text: string;
  readonly options?: AnalysisOptions;
}

/** What is said of a rule. It names no type of the parser's, so that people who read it need no parser. */
export interface RuleFacts {
  /** `SMP` and three digits. Never given to another rule. */
  readonly code: string;
  /** What it finds, as a title. */
  readonly title: string;
  /**
   * What it knows it from: the text alone, the dated catalogue of this version, the account, or the last run. Only the text, or a
   * complete and fresh answer, makes an error.
   */
  readonly tier: "text" | "catalogue" | "account" | "last run";
  readonly level: ProblemLevel;
  /** Why it matters. Markdown. */
  readonly why: string;
  /** What to do about it. Markdown. */
  readonly mend: string;
  /** A plan in which it finds something. */
  readonly bad: RuleExample;
  /** The same plan as it should be. */
  readonly good: RuleExample;
}
