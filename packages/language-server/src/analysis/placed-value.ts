import type { Sentence } from "./sentences/sentence.ts";

/** A part of a text, in UTF-16 units: `text.slice(start, end)`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

interface Placed {
  /** Where the value is written: the literal itself, also when a constant carries it to where it is used. */
  readonly range: TextRange;
  /** Where it is used, when that is another place: the name of the constant. */
  readonly usedAt?: TextRange;
}

/** A text that is known. */
export interface PlacedText extends Placed {
  readonly kind: "text";
  readonly value: string;
  /** True when `range` covers one literal without substitutions, its quotes included, so that it can be rewritten. */
  readonly literal: boolean;
}

/** A number, a truth value, `null` or `undefined` that is known. */
export interface PlacedScalar extends Placed {
  readonly kind: "scalar";
  readonly value: number | boolean | null | undefined;
}

/** A list whose items are known, each as far as it is. */
export interface PlacedList extends Placed {
  readonly kind: "list";
  readonly items: readonly PlacedValue[];
  /** False when there may be more items, or others, than those given. */
  readonly complete: boolean;
}

/** One property of a {@link PlacedRecord}. */
export interface PlacedEntry {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: PlacedValue;
}

/** An object whose properties are known, each as far as it is. */
export interface PlacedRecord extends Placed {
  readonly kind: "record";
  /** One for each key: the last one written. */
  readonly entries: readonly PlacedEntry[];
  /** False when there may be more properties, or other values, than those given. */
  readonly complete: boolean;
}

/** A value that is only known when the plan runs. */
export interface ComputedValue extends Placed {
  readonly kind: "computed";
  /** What makes it so, as half a sentence: "the environment decides". */
  readonly why: Sentence;
  /** True for a `...spread` of which not even the number of items is known. */
  readonly spread?: boolean;
}

/** A value as a plan file writes it, as far as reading alone tells it. */
export type PlacedValue = PlacedText | PlacedScalar | PlacedList | PlacedRecord | ComputedValue;

/** Entries of this many are found one by one; of more by an index, as a text may have tens of thousands and ask for each. */
const fewEntries = 20;
const indices = new WeakMap<
  readonly { readonly key: string }[],
  ReadonlyMap<string, { readonly key: string }>
>();

/** The entry of a key among those of a record, which has one for each. */
export function entryAmong<Entry extends { readonly key: string }>(
  entries: readonly Entry[],
  key: string,
): Entry | undefined {
  if (entries.length <= fewEntries) return entries.find((entry) => entry.key === key);
  const index = indices.get(entries) ?? new Map(entries.map((entry) => [entry.key, entry]));
  indices.set(entries, index);
  return index.get(key) as Entry | undefined;
}

/** The entry of a record by its key; `undefined` when it is no record, or has none. */
export function entryOf(value: PlacedValue | undefined, key: string): PlacedEntry | undefined {
  return value?.kind === "record" ? entryAmong(value.entries, key) : undefined;
}

/** The value as plain data, and whether all of it is known; what is computed is left out of records and lists. */
export function plainValue(value: PlacedValue): { readonly value: unknown; readonly complete: boolean } {
  switch (value.kind) {
    case "text":
    case "scalar":
      return { value: value.value, complete: true };
    case "computed":
      return { value: undefined, complete: false };
    case "list": {
      const items = value.items.map(plainValue);
      return {
        value: items.map((item) => item.value),
        complete: value.complete && items.every((item) => item.complete),
      };
    }
    case "record": {
      const entries = value.entries.map(({ key, value: inner }) => [key, plainValue(inner)] as const);
      return {
        value: Object.fromEntries(entries.map(([key, inner]) => [key, inner.value])),
        complete: value.complete && entries.every(([, inner]) => inner.complete),
      };
    }
  }
}
