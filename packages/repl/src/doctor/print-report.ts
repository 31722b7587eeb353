import { say, translated } from "../language/speech.ts";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { textWidth, wrapText } from "../terminal/width.ts";
import { type Check, type CheckState, checkGroups } from "./check.ts";

/** Narrower than this, a fact stands below its name. */
const narrow = 60;

/** Prints checks for people, group by group, the facts aligned; on a terminal no line is longer than that is wide. */
export function printReport(output: Output, checks: readonly Check[]): void {
  const { colours } = output;
  const columns = columnsOf(output);
  const marks: Readonly<Record<CheckState, string>> = output.unicode
    ? { ok: "✓", note: "·", warning: "!", failed: "✗" }
    : { ok: "+", note: ".", warning: "!", failed: "x" };
  const paint = { ok: colours.green, note: colours.dim, warning: colours.yellow, failed: colours.red };
  for (const [index, group] of checkGroups
    .filter((one) => checks.some((check) => check.group === one))
    .entries()) {
    const own = checks.filter((check) => check.group === group);
    if (index > 0) output.data("");
    output.data(colours.bold(translated(group)));
    const longest = Math.max(...own.map(({ name }) => textWidth(oneLine(translated(name)))));
    for (const { name, state, fact, fix } of own) {
      const title = oneLine(translated(name));
      const isNarrow = columns < narrow || longest > columns / 2;
      const indent = isNarrow ? 4 : longest + 4;
      const lines = wrap(oneLine(translated(fact)), columns - indent);
      if (isNarrow) lines.unshift("");
      const fixes =
        fix === null ? [] : wrap(oneLine(say("doctor.fix", { fix: translated(fix) })), columns - indent);
      const padding = isNarrow ? "" : " ".repeat(longest - textWidth(title) + 2);
      const [first = "", ...rest] = lines;
      output.data(`${paint[state](marks[state])} ${title}${padding}${first}`.trimEnd());
      for (const line of [...rest, ...fixes]) output.data(`${" ".repeat(indent)}${line}`);
    }
  }
}

/** Prints lines of text, broken where a terminal ends. */
export function printLines(output: Output, texts: readonly string[]): void {
  const columns = columnsOf(output);
  for (const text of texts) for (const line of wrap(oneLine(text), columns)) output.data(line);
}

function columnsOf({ stdout }: Output): number {
  return stdout.isTTY === true ? Math.max(20, stdout.columns || 80) : Number.POSITIVE_INFINITY;
}

/** Breaks a text between words; a word that is too long is left whole, so that a command can be copied. */
function wrap(text: string, cells: number): string[] {
  return wrapText(text, cells).split("\n");
}
