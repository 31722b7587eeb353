import Table from "cli-table3";
import { translated } from "../language/speech.ts";
import type { OutputStream } from "./output.ts";
import { oneLine } from "./plain-text.ts";
import { padText, textWidth } from "./width.ts";

/** What a table looks like. */
export interface TableStyle {
  /** Whether borders are drawn with box characters; columns are only spaced otherwise, which greps and pastes well. */
  readonly borders: boolean;
  /** Cells of the terminal: a wider table loses its borders, and one that is too wide without them has a line for each cell. */
  readonly columns?: number | undefined;
}

/** What tables look like on a terminal of this width, and where there is none. */
export function tableStyleOf(output: {
  readonly stdout: OutputStream;
  readonly unicode: boolean;
}): TableStyle {
  const { isTTY, columns } = output.stdout;
  return isTTY === true ? { borders: output.unicode, columns: columns || 80 } : { borders: false };
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Lays rows out as a table of plain text without colours, its head in the language of this process; cells are made safe for a terminal. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { borders, columns = Number.POSITIVE_INFINITY }: TableStyle,
): string {
  const fits = (table: string) => table.split("\n").every((line) => textWidth(line) <= columns);
  const table = layOut(head, rows, borders);
  if (fits(table)) return table;
  const bare = borders ? layOut(head, rows, false) : table;
  return fits(bare) ? bare : inLines(head.map(translated), rows);
}

function layOut(head: readonly string[], rows: readonly (readonly string[])[], borders: boolean): string {
  const table = new Table({
    head: head.map(translated),
    style: {
      head: [],
      border: [],
      compact: true,
      "padding-left": borders ? 1 : 0,
      "padding-right": borders ? 1 : 0,
    },
    ...(borders ? {} : { chars: noBorders }),
  });
  for (const row of rows) table.push(row.map(oneLine));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

/** Rows below each other: the first cell of each, and below it the others behind their heads. */
function inLines(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...head.slice(1).map(textWidth));
  return rows
    .flatMap(([first = "", ...others]) => [
      oneLine(first),
      ...others.map((cell, index) =>
        `  ${padText(head[index + 1] ?? "", width)}  ${oneLine(cell)}`.trimEnd(),
      ),
    ])
    .join("\n");
}
