import { moreHint, nothingMore } from "../messages.ts";

/** Shows long texts a screen at a time. */
export interface Pager {
  /** Prints a text, or as much as fits on the screen; what is left replaces what was left before. */
  show(text: string): void;
  /** Prints the next screen of what was left. */
  more(): void;
}

/** Makes a pager. `rows` says how many lines fit; without end where nobody sits before it. */
export function createPager(
  print: (text: string) => void,
  rows: () => number,
  hint: (text: string) => void,
): Pager {
  let left: readonly string[] = [];
  const page = (lines: readonly string[]): void => {
    const room = Math.max(5, rows() - 4);
    // One line more is no more than saying that there is one.
    const shown = lines.length <= room + 1 ? lines.length : room;
    if (shown > 0) print(lines.slice(0, shown).join("\n"));
    left = lines.slice(shown);
    if (left.length > 0) hint(moreHint(left.length));
  };
  return {
    show: (text) => page(text.split("\n")),
    more: () => (left.length === 0 ? hint(nothingMore) : page(left)),
  };
}
