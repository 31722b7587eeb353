import { oneLine } from "../../terminal/plain-text.ts";
import { formatTable } from "../../terminal/table.ts";
import { fitText, textWidth } from "../../terminal/width.ts";
import { wrapText } from "./wrap.ts";

const narrowest = 8;

/**
 * A table of plain text that is no wider than the screen: what does not fit is cut from the widest columns, and where nothing would be
 * left of them, each cell has a line of its own. Cells are made safe. Pure.
 */
export function fittedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const safe = rows.map((row) => row.map(oneLine));
  const widths = head.map((name, index) =>
    Math.max(textWidth(name), ...safe.map((row) => textWidth(row[index] ?? ""))),
  );
  const total = () => widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1));
  while (total() > columns) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = Math.max(narrowest, (widths[widest] ?? 0) - Math.max(1, total() - columns));
  }
  if (total() > columns) return wrapText(formatTable(head, safe, { borders: false, columns }), columns);
  return formatTable(
    head,
    safe.map((row) => row.map((cell, index) => fitText(cell, widths[index] ?? narrowest))),
    { borders: false },
  );
}
