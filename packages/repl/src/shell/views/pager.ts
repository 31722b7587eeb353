import { stripVTControlCharacters } from "node:util";
import { say } from "../../language/speech.ts";
import { textWidth } from "../../terminal/width.ts";
import { moreHint } from "../messages.ts";

/** Shows long texts a screen at a time. */
export interface Pager {
  /** Prints a text, or as much as fits on the screen; what is left replaces what was left before. */
  show(text: string): void;
  /** Prints the next screen of what was left. */
  more(): void;
}

/** Cells of a screen; without end where nobody sits before it. */
export interface PageSize {
  readonly rows: number;
  readonly columns: number;
}

/** Makes a pager for a screen whose size is asked anew for each text. */
export function createPager(
  print: (text: string) => void,
  size: () => PageSize,
  hint: (text: string) => void,
): Pager {
  let left: readonly string[] = [];
  const page = (lines: readonly string[]): void => {
    const { rows, columns } = size();
    const shown = linesThatFit(lines, Math.max(5, rows - 4), columns);
    if (shown > 0) print(lines.slice(0, shown).join("\n"));
    left = lines.slice(shown);
    if (left.length > 0) hint(moreHint(left.length, columns));
  };
  return {
    show: (text) => page(text.split("\n")),
    more: () => (left.length === 0 ? hint(say("shell.nothing-more")) : page(left)),
  };
}

/** How many lines fit, at least one: the terminal breaks those that are wider than it is. */
function linesThatFit(lines: readonly string[], room: number, columns: number): number {
  let taken = 0;
  for (const [index, line] of lines.entries()) {
    taken += Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns));
    // One line more is no more than saying that there is one.
    const isLast = index === lines.length - 1;
    if (taken > room + (isLast ? 1 : 0)) return Math.max(1, index);
  }
  return lines.length;
}
