import { type ArgumentsOf, fillMessage, type MessageValue } from "@sampan/core";
import type { FleetSentence, FleetSentenceKey } from "@sampan/fleet";
import { english } from "./english/index.ts";
import type { FindText } from "./known-texts.ts";
import type { Language } from "./language.ts";

/** The key of a message. */
export type MessageKey = keyof typeof english;

/** What another language than English brings. */
export interface Translation {
  readonly messages: Readonly<Record<MessageKey, string>>;
  /** What the dry run and the simulation of a fleet say. */
  readonly fleetSentences: Readonly<Record<FleetSentenceKey, string>>;
  /** Finds what stands in tables of other parts: commands, codes, rules, fix-ups. */
  readonly findText: FindText;
}

/*
 * The language of this process. It is set once, before anything is said, and every line asks for it: handing it through every
 * function that says something would be a parameter of them all (decision 0111).
 */
let spoken: { readonly language: Language; readonly translation: Translation | null } = {
  language: "en",
  translation: null,
};

/** Sets the language of everything that is said from now on in this process. The tables of Chinese are loaded only here. */
export async function speak(language: Language): Promise<void> {
  if (language === spoken.language) return;
  const translation = language === "zh-CN" ? (await import("./zh-cn/index.ts")).chinese : null;
  spoken = { language, translation };
}

/** The language of this process. */
export function spokenLanguage(): Language {
  return spoken.language;
}

/** Says a message in the language of this process. */
export function say<Key extends MessageKey>(key: Key, ...given: ArgumentsOf<(typeof english)[Key]>): string {
  const template = spoken.translation?.messages[key] ?? english[key];
  const [values] = given as readonly [Readonly<Record<string, MessageValue>>?];
  return fillMessage(template, values);
}

/** Says a sentence of a fleet's dry run or simulation in the language of this process. */
export function sayFleet({ key, facts, text }: FleetSentence): string {
  if (spoken.translation === null) return text;
  const values = Object.entries(facts).map(
    ([name, value]) => [name, typeof value === "object" ? listed(value) : value] as const,
  );
  return fillMessage(spoken.translation.fleetSentences[key], Object.fromEntries(values));
}

/**
 * The translation of a sentence that stands in a table of another part: a summary of a command, the meaning of a code, the title of a rule,
 * a finding. As it is in English, and when it is not known.
 */
export function translated(text: string): string {
  return spoken.translation?.findText(text) ?? text;
}

/** Whether nothing of a sentence stayed in English when it was translated: neither all of it, nor what another program said at its end. */
export function isToldWhole(text: string, said: string): boolean {
  if (text === said) return false;
  // A text of several lines is said in one.
  const inOne = (lines: string): string => lines.replace(/\s+/g, " ").trim();
  const end = inOne(said.slice(said.lastIndexOf("：") + 1));
  return !inOne(text).endsWith(end) || !/[a-z]{2} [a-z]{2}/i.test(end);
}

// Codes that colour a line stand around it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one.
const painted = /^((?:\u001b\[\d+m)*)(.*?)((?:\u001b\[\d+m)*)$/;

/** Like {@link translated}, line by line, coloured or not: commands and whatever else is not known stay as they are. */
export function translatedLines(text: string): string {
  if (spoken.translation === null) return text;
  return text
    .split("\n")
    .map((line) =>
      line.replace(painted, (_, before, words, after) => `${before}${translated(words)}${after}`),
    )
    .join("\n");
}

/** Statements one after the other, as the language divides them. */
export function joined(statements: readonly string[]): string {
  return statements.join(spoken.language === "en" ? ", " : "，");
}

/** Names one after the other, as the language divides them. */
export function listed(names: readonly string[]): string {
  return names.join(spoken.language === "en" ? ", " : "、");
}
