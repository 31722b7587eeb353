import Table from "cli-table3";
import { translated } from "../language/speech.ts";
import { oneLine } from "./plain-text.ts";

/** What a table looks like. */
export interface TableStyle {
  /** Whether borders are drawn with box characters; columns are only spaced otherwise, which greps and pastes well. */
  readonly borders: boolean;
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
  style: TableStyle,
): string {
  const table = new Table({
    head: head.map(translated),
    style: {
      head: [],
      border: [],
      compact: true,
      "padding-left": style.borders ? 1 : 0,
      "padding-right": style.borders ? 1 : 0,
    },
    ...(style.borders ? {} : { chars: noBorders }),
  });
  for (const row of rows) table.push(row.map(oneLine));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}
