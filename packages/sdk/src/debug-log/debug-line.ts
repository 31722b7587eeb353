import { redactSecrets, secretMark } from "@sampan/core";

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
// What would end a line, steer a terminal, turn the direction of writing or is not seen; JSON leaves these as they are.
const unprintable = /[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu;
// The queries of addresses, where signatures are: what is asked for stands beside as facts of their own.
const query = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'`?#\\]{1,2000})\?[^\s"'`\\]*/gi;
// What a name is set to that says secret, also without quotes: other programs write so.
const setSecret = /((?:secret|passw(?:or)?d|passphrase|token)[\w-]{0,40}(?:=|:\s?))[^\s"'`\\]+/gi;

/**
 * Writes a note as one line without its end: time, process, area, message, facts as `name=value`. A text is quoted as in JSON where it
 * is empty or has blanks, quotes or `=` in it; lists and objects are JSON. Long values are cut. Secrets are taken out of each
 * text, also of those in lists and objects, and then of the whole.
 */
export function debugLine(at: Date, pid: number, note: DebugNote, secrets: readonly string[]): string {
  const facts = Object.entries(note.facts ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${inWriting(name, value, secrets)}`],
  );
  const line = [at.toISOString(), pid, note.area, note.message, ...facts].join(" ");
  return redactSecrets(line, secrets);
}

/** Takes more out than of what people typed: nothing is lost by it that anybody would type again. */
function without(text: string, secrets: readonly string[]): string {
  return redactSecrets(text, secrets).replace(query, "$1?…").replace(setSecret, `$1${secretMark}`);
}

function inWriting(name: string, value: unknown, secrets: readonly string[]): string {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  const isText = typeof value === "string";
  const longest = name === "stack" ? longestStack : longestFact;
  // Far behind what is left of it, since a result of a run may be a megabyte.
  const shortened = (text: string): string => without(text.slice(0, 10 * longest), secrets);
  // Each text by itself before it is written as JSON: a quote that was escaped is none to what looks for secrets.
  let left = 10 * longest;
  const clean = (_: string, part: unknown): unknown => {
    if (typeof part !== "string") return part;
    const begun = part.slice(0, Math.max(0, left));
    left -= begun.length;
    return begun.length < part.length ? `${without(begun, secrets)}…` : without(begun, secrets);
  };
  const whole = isText ? value : (JSON.stringify(value, clean) ?? String(value));
  // Cut behind, since half a secret has no form that tells it.
  const text = cut(shortened(whole), longest);
  const isPlain = /^[^\s"'`=\\]+$/.test(text) && !/[^\x21-\x7e\u00a1-\uffff]/.test(text);
  // As JSON writes them: a character beyond the first plane in two halves.
  return (isPlain || !isText ? text : JSON.stringify(text)).replace(unprintable, (character) =>
    character
      .split("")
      .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
