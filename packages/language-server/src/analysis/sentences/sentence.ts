import { fillMessage, type NamesIn } from "@sampan/core";
import { chinese } from "./chinese/index.ts";
import { chineseParserMessage } from "./chinese/parser-message.ts";
import { english } from "./english/index.ts";

/** A language in which plans are judged. */
export type SentenceLanguage = "en" | "zh";

/** The key of a sentence. */
export type SentenceKey = keyof typeof english;

/** Any one of several names. */
interface AnyOf {
  readonly kind: "any of";
  readonly names: readonly string[];
}

/** A sentence that another part made, in English. */
interface Foreign {
  readonly kind: "foreign";
  readonly text: string;
}

/** What TypeScript's parser said, in English. */
interface OfParser {
  readonly kind: "parser";
  readonly code: number;
  readonly text: string;
}

/** What stands in a place of a sentence: text of the plan, a number, names, or another sentence. */
type SentenceValue = string | number | readonly string[] | AnyOf | Foreign | OfParser | Sentence;

/** What a rule says, before it is said in a language. */
export interface Sentence {
  readonly kind: "sentence";
  readonly key: SentenceKey;
  readonly values: Readonly<Record<string, SentenceValue>>;
}

type ValuesOf<Key extends SentenceKey> = Readonly<Record<NamesIn<(typeof english)[Key]>, SentenceValue>>;
type Given<Key extends SentenceKey> = [NamesIn<(typeof english)[Key]>] extends [never]
  ? []
  : [values: ValuesOf<Key>];

/** A sentence with its values, which the type checker holds to the places it has. */
export function sentence<Key extends SentenceKey>(key: Key, ...[values]: Given<Key>): Sentence {
  return { kind: "sentence", key, values: (values as Sentence["values"] | undefined) ?? {} };
}

/** Names of which any one may be meant. */
export function anyOf(names: readonly string[]): AnyOf {
  return { kind: "any of", names };
}

/** A sentence that another part made, in English: who knows a translation of it says so when it is said. */
export function foreign(text: string): Foreign {
  return { kind: "foreign", text };
}

/** What TypeScript's parser said of a text, with the code of it: said by its own translation. */
export function ofParser(code: number, text: string): OfParser {
  return { kind: "parser", code, text };
}

/** Sentences one after the other; what is absent is left out. */
export function statements(first: Sentence, ...more: readonly (Sentence | undefined)[]): Sentence {
  return more.reduce<Sentence>(
    (before, next) => (next === undefined ? before : sentence("both.statements", { first: before, next })),
    first,
  );
}

/** A second line below the first. */
export function lines(first: Sentence, next: Sentence): Sentence {
  return sentence("both.lines", { first, next });
}

/** The question behind a mistake; absent where nothing is near. */
export function didYouMean(near: readonly string[]): Sentence | undefined {
  return near.length === 0 ? undefined : sentence("did-you-mean", { names: anyOf(near) });
}

/** How sentences are said. */
export interface Speech {
  /** Default: English. */
  readonly language?: SentenceLanguage;
  /** The translation of a sentence that another part made; as it is where none is known. */
  readonly translate?: (text: string) => string;
}

/** Says a sentence in a language. */
export function sentenceText({ key, values }: Sentence, speech: Speech = {}): string {
  const template = (speech.language === "zh" ? chinese : english)[key];
  const said = Object.entries(values).map(([name, value]) => [name, valueText(value, speech)] as const);
  return fillMessage(template, Object.fromEntries(said));
}

function valueText(value: SentenceValue, speech: Speech): string | number {
  if (typeof value !== "object") return value;
  const isChinese = speech.language === "zh";
  if (!("kind" in value)) return value.join(isChinese ? "、" : ", ");
  switch (value.kind) {
    case "sentence":
      return sentenceText(value, speech);
    case "any of":
      return value.names.join(isChinese ? " 或 " : " or ");
    case "foreign":
      return speech.translate?.(value.text) ?? value.text;
    case "parser":
      return (isChinese ? chineseParserMessage(value.code, value.text) : undefined) ?? value.text;
  }
}
