/*
 * Text of a guest is cut into lines before anything looks for patterns in it, and lines are of bounded length: so no
 * pattern can search from every character of a damaged file of megabytes.
 */

/** More lines than this, or longer ones, no configuration of a guest has. */
const maxLines = 50_000;
const maxLineLength = 4096;

/** The lines of a text, without their ends. What is past 50,000 lines, or past 4,096 characters of one, is left out; none of no text. */
export function textLines(text: string | undefined): readonly string[] {
  return (text?.split("\n", maxLines) ?? []).map((line) => {
    const end = line.endsWith("\r") ? line.length - 1 : line.length;
    return line.slice(0, Math.min(end, maxLineLength));
  });
}

/** The words of a line; none for a comment. */
export function wordsOf(line: string): readonly string[] {
  const text = line.trim();
  return text === "" || text.startsWith("#") ? [] : text.split(/\s+/);
}

/** Name and value of a line `name = value`, both trimmed; `undefined` for any other line, and for a comment. */
export function pairOf(line: string, mark = "="): readonly [name: string, value: string] | undefined {
  const at = line.indexOf(mark);
  const name = line.slice(0, Math.max(at, 0)).trim();
  return name === "" || /^[#;]/.test(name) ? undefined : [name, line.slice(at + mark.length).trim()];
}
