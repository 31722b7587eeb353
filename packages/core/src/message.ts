/*
 * A message is a template: `{name}` stands for a value, `{name:file|files}` for a number with its noun, `1 file` or `3 files`. A
 * language without plurals writes `{name} 个文件` in its place.
 */

/** A table of messages by their keys. */
export type Messages = Readonly<Record<string, string>>;

/** A value of a message. */
export type MessageValue = string | number;

type Braces<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? Inner | Braces<Rest>
  : never;
type NameIn<Inner extends string> = Inner extends `${infer Name}:${string}` ? Name : Inner;

/** The names of the values of a message. */
export type NamesIn<Text extends string> = NameIn<Braces<Text>>;

/** The values a message takes; one with a noun is a number. */
export type ValuesOf<Text extends string> = {
  readonly [Inner in Braces<Text> as NameIn<Inner>]: Inner extends `${string}:${string}`
    ? number
    : MessageValue;
};

/** The rest of the arguments that a message takes: none, or its values. */
export type ArgumentsOf<Text extends string> = [Braces<Text>] extends [never] ? [] : [values: ValuesOf<Text>];

/** A text with just the placeholders of another; `never` tells the type checker that they differ. */
type Alike<Original extends string, Text extends string> = [NamesIn<Original>] extends [NamesIn<Text>]
  ? [NamesIn<Text>] extends [NamesIn<Original>]
    ? Text
    : never
  : never;

/**
 * Takes the translation of a table of messages: the same keys, and in each message the same placeholders. The type checker refuses
 * anything else.
 */
export function translationOf<Original extends Messages>() {
  return <const Translated extends { readonly [Key in keyof Original]: string }>(
    table: Translated & {
      readonly [Key in keyof Translated]: Key extends keyof Original
        ? Alike<Original[Key], Translated[Key]>
        : never;
    },
  ): { readonly [Key in keyof Original]: string } => table;
}

/** Fills a message. A value that is missing leaves its placeholder. */
export function fillMessage(template: string, values: Readonly<Record<string, MessageValue>> = {}): string {
  return template.replace(/\{([^{}:]+)(?::([^{}|]+)\|([^{}]+))?\}/g, (whole, name: string, one, many) => {
    const value = values[name];
    if (value === undefined) return whole;
    return one === undefined ? String(value) : `${value} ${value === 1 ? one : many}`;
  });
}

/** The names of the placeholders of a message, in order of the alphabet, each once. */
export function namesIn(template: string): readonly string[] {
  const names = [...template.matchAll(/\{([^{}:]+)(?::[^{}]*)?\}/g)].map(([, name = ""]) => name);
  return [...new Set(names)].sort();
}
