import type ts from "typescript";
import type { PlacedScalar, PlacedText, PlacedValue, TextRange } from "../placed-value.ts";
import type { ChainEnd, ChainStep } from "../plan-analysis.ts";
import { type Sentence, sentence } from "../sentences/sentence.ts";
import type { Scope } from "./scope.ts";

/** A chain as it is followed, from `Migration` on. */
export interface ChainMeaning {
  readonly kind: "chain";
  /** The outermost call so far. */
  readonly node: ts.Node;
  readonly range: TextRange;
  readonly context?: PlacedValue;
  readonly source: PlacedValue;
  readonly fromRange: TextRange;
  readonly steps: readonly ChainStep[];
  readonly end?: ChainEnd;
  /** The expressions it is made of, each a chain by itself. */
  readonly nodes: readonly ts.Node[];
  /** The chain it goes on from. */
  readonly base?: ChainMeaning;
}

/** What an expression stands for, as far as reading alone tells. */
export type Meaning =
  | PlacedText
  | PlacedScalar
  | ChainMeaning
  | {
      readonly kind: "list";
      readonly range: TextRange;
      readonly items: readonly Meaning[];
      readonly complete: boolean;
      readonly usedAt?: TextRange;
    }
  | {
      readonly kind: "record";
      readonly range: TextRange;
      readonly entries: readonly {
        readonly key: string;
        readonly keyRange: TextRange;
        readonly value: Meaning;
      }[];
      readonly complete: boolean;
      readonly usedAt?: TextRange;
    }
  | {
      readonly kind: "function";
      readonly node: ts.FunctionLikeDeclaration;
      readonly scope: Scope;
    }
  /** The module `sampan`, its `Migration`, and what `Migration.with` gives. */
  | { readonly kind: "module" }
  | { readonly kind: "migration"; readonly node: ts.Node; readonly context?: PlacedValue }
  | {
      readonly kind: "computed";
      readonly range: TextRange;
      readonly why: Sentence;
      readonly usedAt?: TextRange;
      readonly spread?: boolean;
    };

/** Longest text that is put together, in UTF-16 units. */
export const longestText = 10_000;

/** The range of a node without what stands before it. */
export function rangeOf(node: ts.Node, file: ts.SourceFile): TextRange {
  return { start: node.getStart(file), end: node.end };
}

/** A value that is only known when the plan runs. */
export function computed(range: TextRange, why: Sentence, spread = false): Meaning {
  return spread ? { kind: "computed", range, why, spread } : { kind: "computed", range, why };
}

/** The meaning as a value of a plan: what is no data is computed, and so is a list or object once `affords` refuses its values. */
export function placedOf(meaning: Meaning, at: TextRange, affords: (values: number) => boolean): PlacedValue {
  const tooMuch = (range: TextRange): PlacedValue => ({
    kind: "computed",
    range,
    why: sentence("why.too-much"),
  });
  switch (meaning.kind) {
    case "text":
    case "scalar":
    case "computed":
      return meaning;
    case "list":
      if (!affords(meaning.items.length)) return tooMuch(meaning.range);
      return { ...meaning, items: meaning.items.map((item) => placedOf(item, at, affords)) };
    case "record":
      if (!affords(meaning.entries.length)) return tooMuch(meaning.range);
      return {
        ...meaning,
        entries: meaning.entries.map((entry) => ({ ...entry, value: placedOf(entry.value, at, affords) })),
      };
    case "chain":
      return { kind: "computed", range: at, why: sentence("why.plan") };
    case "function":
      return { kind: "computed", range: at, why: sentence("why.function") };
    default:
      return { kind: "computed", range: at, why: sentence("why.no-value") };
  }
}

/** The meaning as seen from where a name stands for it. */
export function usedAt(meaning: Meaning, at: TextRange): Meaning {
  switch (meaning.kind) {
    case "text":
    case "scalar":
    case "list":
    case "record":
    case "computed":
      return { ...meaning, usedAt: meaning.usedAt ?? at };
    default:
      return meaning;
  }
}

/** Whether a meaning counts as true; `undefined` when that is not known. */
export function truthOf(meaning: Meaning): boolean | undefined {
  if (meaning.kind === "text" || meaning.kind === "scalar") return Boolean(meaning.value);
  return meaning.kind === "computed" ? undefined : true;
}
