/*
 * File names, labels inside a guest and answers of a cloud are foreign: a control character among them could move the
 * cursor, recolour the screen or type into it. Everything foreign passes through here before it is shown.
 */

// C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Replaces every control character by `\uFFFD`, line breaks and tabs by a space: one safe line. */
export function oneLine(text: string): string {
  return text.replace(unsafe, (character) => (/[\n\r\t]/.test(character) ? " " : "\uFFFD"));
}

/** Like {@link oneLine}, but keeps line feeds and tabs: for diffs and other text of several lines. */
export function plainText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(unsafe, (character) => (character === "\n" || character === "\t" ? character : "\uFFFD"));
}

/** One line of JSON in which every control character is escaped, also those that JSON allows raw. */
export function safeJson(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
