import type { AccountFacts } from "./account-facts.ts";
import type { LastRun } from "./last-run.ts";
import type { PlacedValue, TextRange } from "./placed-value.ts";
import type { Speech } from "./sentences/sentence.ts";

/** How grave a problem is. */
export type ProblemLevel = "error" | "warning" | "info" | "hint";

/** Another place that a problem is about. */
export interface RelatedPlace {
  readonly message: string;
  readonly range: TextRange;
}

/** A place in a text as editors count it: lines and UTF-16 units of a line, both from 0 on. */
export interface LinePosition {
  readonly line: number;
  readonly character: number;
}

/** Where another file makes something. */
export interface MadeElsewhere {
  /** As the file was named when it was judged: a URI, or a path. */
  readonly path: string;
  /** The same for people. */
  readonly title: string;
  readonly start: LinePosition;
  readonly end: LinePosition;
}

/** A place in another file that a problem is about. */
export interface RelatedElsewhere extends MadeElsewhere {
  readonly message: string;
}

/** Something that a plan makes under a name of its own, and that no other may make too. */
export interface MadeThing {
  readonly kind: "image" | "object";
  /** The same for the same thing, in whatever file. */
  readonly key: string;
  readonly name: string;
  /** Where its name stands. */
  readonly range: TextRange;
}

/** One replacement in the text. */
export interface TextEdit {
  readonly range: TextRange;
  readonly newText: string;
}

/** A change that makes a problem go away. */
export interface ProblemFix {
  /** What it does, as a command: "Change to cn-hangzhou". */
  readonly title: string;
  /** True when it may be applied without being looked at. */
  readonly safe: boolean;
  /** In any order, none overlapping another. */
  readonly edits: readonly TextEdit[];
}

/** What one rule found at one place. */
export interface Problem {
  /** `SMP` and three digits, as `sampan explain` knows it. */
  readonly code: string;
  readonly level: ProblemLevel;
  /** The fact, why it matters and the way out, in at most two lines. Holds text of the plan as it is: escape it for a terminal. */
  readonly message: string;
  readonly range: TextRange;
  readonly related: readonly RelatedPlace[];
  /** Places in other files that it is about. */
  readonly elsewhere?: readonly RelatedElsewhere[];
  readonly fixes: readonly ProblemFix[];
  /** Page and section of the manual, from `packages/language-server/docs/`. */
  readonly page: string;
  /** What an editor may show besides: greyed out, or struck through. */
  readonly tag?: "unnecessary" | "deprecated";
}

/** One verb of a chain, as it is written. */
export interface ChainStep {
  /** As written; may be none of the catalogue. */
  readonly verb: string;
  readonly nameRange: TextRange;
  /** From the dot to the closing parenthesis. */
  readonly callRange: TextRange;
  readonly args: readonly PlacedValue[];
}

/** A call at the end of a chain that is no verb: `run`, `plan`, `describe`, `subscribe` … */
export interface ChainEnd {
  readonly name: string;
  readonly nameRange: TextRange;
  readonly callRange: TextRange;
}

/** One plan of a file. */
export interface PlanChain {
  /**
   * What tells it from the others of its file: `default`, `default[1]`, the name of its constant, or `chain@12` with the line for
   * one that has no name.
   */
  readonly id: string;
  /** The same for people: the constant's name where there is one. */
  readonly name: string;
  /** From `Migration` to the last call. */
  readonly range: TextRange;
  /** Whether it is, or is part of, the default export: what `sampan run` runs. */
  readonly exported: boolean;
  /** The name it is exported by besides: `sampan run FILE --plan NAME` runs it. */
  readonly exportedAs?: string;
  /** What `Migration.with` was given. */
  readonly context?: PlacedValue;
  /** What `from` was given. */
  readonly source: PlacedValue;
  /** The word `from`. */
  readonly fromRange: TextRange;
  readonly steps: readonly ChainStep[];
  readonly end?: ChainEnd;
}

/** What {@link analysePlan} found in a text. */
export interface PlanAnalysis {
  /** In the order of the text, those of the default export first. */
  readonly chains: readonly PlanChain[];
  /** In the order of the text. */
  readonly problems: readonly Problem[];
  /** What its plans make, for a {@link MadeIndex} over several files. */
  readonly made: readonly MadeThing[];
}

/** What is known besides the text. All of it may be left out. */
export interface AnalysisOptions extends Speech {
  /** Name of the file: its ending says which language it is. Default: TypeScript. */
  readonly path?: string;
  /** Levels by code that win over the rules' own; `off` silences one. */
  readonly levels?: Readonly<Record<string, ProblemLevel | "off">>;
  /** Regions to know besides those of the catalogue. */
  readonly extraRegions?: readonly string[];
  /** True where `Migration` is there without an import, as in the shell. */
  readonly globalMigration?: boolean;
  /** What is known of the account. Rules that need more than is there, or anything fresher, say nothing. */
  readonly account?: AccountFacts;
  /** What is known of earlier runs, by the id of the chain. */
  readonly lastRuns?: Readonly<Record<string, LastRun>>;
  /** Where plans in other files make what this one makes, by the key of the thing: the answer of a {@link MadeIndex}. */
  readonly elsewhere?: Readonly<Record<string, readonly MadeElsewhere[]>>;
  /** Versions that are installed. */
  readonly versions?: { readonly sdk?: string; readonly extension?: string };
  /** Now, in milliseconds since 1970, to judge how old facts are. Default: facts are taken as fresh. */
  readonly nowMs?: number;
}
