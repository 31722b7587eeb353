// Characters two cells wide in a terminal: the East Asian wide and full-width blocks people have in names, and emoji.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

// Marks on the character before, and what joins or directs; signs that Arabic and others write in front of numbers are seen.
const invisible = /(?![\u0600-\u0605\u06dd\u070f\u08e2\u{110bd}])[\p{M}\p{Cf}]/u;

/** How many cells a text without escape codes takes in a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  // Below the first combining mark there is neither a wide character nor a mark; most text is, and is measured at each key.
  for (const character of text)
    width += character < "\u0300" ? 1 : wide.test(character) ? 2 : invisible.test(character) ? 0 : 1;
  return width;
}

/** Cuts a text without escape codes to a number of cells; what is cut ends in `…` (`~` without Unicode). */
export function fitText(text: string, cells: number, unicode = true): string {
  if (textWidth(text) <= cells) return text;
  if (cells <= 0) return "";
  let width = 0;
  let cut = "";
  for (const character of text) {
    const next = textWidth(character);
    if (width + next > cells - 1) break;
    width += next;
    cut += character;
  }
  return `${cut}${unicode ? "…" : "~"}`;
}

/** A text filled up with spaces to a number of cells. */
export function padText(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - textWidth(text)));
}

const opening = "（《「“";
const closing = "，。、；：？！）》」”…";
// What stays together on a line: a word, or one wide character, with the punctuation that may not be parted from it.
const unbreakable = new RegExp(
  `\\s*[${opening}]*(?:(?![${closing}])${wide.source}|(?:(?!${wide.source})[^\\s${opening}${closing}])+)?[${closing}]*`,
  "gu",
);

/** Breaks a text into lines of so many cells at most: at spaces, and between Chinese characters where punctuation allows it. */
export function wrapText(text: string, cells: number): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const lines: string[] = [];
      let begun = "";
      for (const [piece] of line.matchAll(unbreakable)) {
        // The end of a line matches too, as nothing.
        if (piece !== "" && begun !== "" && textWidth(begun + piece) > cells) {
          lines.push(begun);
          begun = piece.trimStart();
        } else begun += piece;
      }
      return [...lines, begun];
    })
    .join("\n");
}
