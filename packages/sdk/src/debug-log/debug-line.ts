import { redactSecrets } from "@sampan/core";

/** What is known of something, by name. What is `undefined` is left out. */
export type Facts = Readonly<Record<string, unknown>>;

/** One thing that happened. */
export interface DebugNote {
  /** One word for what part of Sampan it is about: `http`, `run`, `host` … */
  readonly area: string;
  /** What happened, in a few words that are always the same. */
  readonly message: string;
  readonly facts?: Facts;
}

const longestFact = 2_000;
const longestStack = 8_000;
// What would end a line, steer a terminal or turn the direction of writing; JSON leaves these as they are.
const unprintable = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Writes a note as one line without its end: time, process, area, message, facts as `name=value`. A text is quoted as in JSON where it
 * is empty or has blanks, quotes or `=` in it; lists and objects are JSON. Long values are cut. Secrets are taken out of each
 * text, also of those in lists and objects, and then of the whole.
 */
export function debugLine(
  at: Date,
  pid: number,
  note: DebugNote,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const facts = Object.entries(note.facts ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${inWriting(name, value, env)}`],
  );
  const line = [at.toISOString(), pid, note.area, note.message, ...facts].join(" ");
  return redactSecrets(line, env);
}

function inWriting(name: string, value: unknown, env: Readonly<Record<string, string | undefined>>): string {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  const isText = typeof value === "string";
  const longest = name === "stack" ? longestStack : longestFact;
  // Far behind what is left of it, since a result of a run may be a megabyte.
  const without = (text: string): string => redactSecrets(text.slice(0, 10 * longest), env);
  // Each text by itself before it is written as JSON: a quote that was escaped is none to what looks for secrets.
  const clean = (_: string, part: unknown): unknown => (typeof part === "string" ? without(part) : part);
  const whole = isText ? value : (JSON.stringify(value, clean) ?? String(value));
  // Cut behind, since half a secret has no form that tells it.
  const text = cut(without(whole), longest);
  const isPlain = /^[^\s"'`=\\]+$/.test(text) && !/[^\x21-\x7e\u00a1-\uffff]/.test(text);
  return (isPlain || !isText ? text : JSON.stringify(text)).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
