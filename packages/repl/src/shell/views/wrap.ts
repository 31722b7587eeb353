import { textWidth } from "../../terminal/width.ts";

/** Breaks the lines of a text without escape codes at spaces, so that each fits; what goes on is indented as its line is, and two more. Pure. */
export function wrapText(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, columns))
    .join("\n");
}

function wrapLine(line: string, columns: number): readonly string[] {
  if (textWidth(line) <= columns) return [line];
  const indent = " ".repeat(Math.min((/^ */.exec(line)?.[0].length ?? 0) + 2, Math.floor(columns / 2)));
  const lines: string[] = [];
  let current = "";
  // A word with the gap before it: columns stay where they are, unless the line breaks there.
  for (const [word] of line.matchAll(/ *[^ ]+/g)) {
    const isFirst = current.trim() === "";
    if (!isFirst && textWidth(current + word) > columns) {
      lines.push(current);
      current = indent + word.trimStart();
    } else current += word;
  }
  return [...lines, current];
}
