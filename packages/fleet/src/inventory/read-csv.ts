import { type CsvError, parse } from "csv-parse/sync";
import { columnNames, knownColumn } from "./columns.ts";
import {
  mostHosts,
  type Place,
  type RawCell,
  type RawInventory,
  type RawProblem,
  type RawRow,
  shown,
  UnreadableInventory,
} from "./raw-inventory.ts";

const delimiters = [",", ";", "\t"] as const;
const mostColumns = 200;
const longestRecord = 1024 * 1024;

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

/**
 * Rows of a table as spreadsheets write it: columns parted by commas, semicolons or tabs, whichever the first line shows; quoted cells may
 * hold all of these, and line breaks. Lists of a cell are left as they are written. Throws `UnreadableInventory`.
 */
export function readCsv(text: string): RawInventory {
  const { body, delimiter, skipped } = delimiterOf(text);
  const records = parsed(body, delimiter, skipped);
  const [head, ...rows] = records;
  if (head === undefined) throw new UnreadableInventory("holds no line with the names of the columns");
  const names = head.record.map((name) => name.trim());
  const problems = headProblems(names, head.line);
  if (names.length > mostColumns)
    throw new UnreadableInventory(`has ${names.length} columns; ${mostColumns} are possible`);
  if (!names.some((name) => knownColumn(name) !== undefined)) {
    throw new UnreadableInventory(
      `its first line names no column of an inventory: ${shown(names.join(delimiter))}. Known are ${columnNames.join(", ")}`,
      { line: head.line, column: null, path: "" },
    );
  }
  return {
    heads: new Map(names.map((name) => [name, { line: head.line, column: null, path: name }])),
    defaults: new Map(),
    rows: rows.map(({ record, line }) => rowOf(names, record, line, problems)),
    problems,
  };
}

function rowOf(
  names: readonly string[],
  record: readonly string[],
  line: number,
  problems: RawProblem[],
): RawRow {
  const cells = new Map<string, RawCell>();
  const extra = record.slice(names.length).filter((value) => value.trim() !== "");
  if (record.length < names.length || extra.length > 0) {
    problems.push({
      place: { line, column: null, path: "" },
      message: `has ${record.length} cells under ${names.length} columns; quote a cell that holds the sign between columns`,
    });
  }
  for (const [index, name] of names.entries()) {
    const value = record[index]?.trim() ?? "";
    const place: Place = { line, column: null, path: name };
    if (value.startsWith("=")) {
      problems.push({ place, message: "holds a formula; export the table with its values" });
    } else if (value !== "" && name !== "") cells.set(name, { value, place });
  }
  return { place: { line, column: null, path: "" }, cells };
}

function headProblems(names: readonly string[], line: number): RawProblem[] {
  const problems: RawProblem[] = [];
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name === "") continue;
    const key = knownColumn(name) ?? name;
    const before = seen.get(key);
    if (before !== undefined) {
      const message = `the column stands there twice${before === name ? "" : `, as ${shown(before)} too`}`;
      problems.push({ place: { line, column: null, path: name }, message });
    }
    seen.set(key, name);
  }
  return problems;
}

/** The sign between columns: the one that makes the most known names of the first line. Excel says it in a line of its own. */
function delimiterOf(text: string): {
  readonly body: string;
  readonly delimiter: string;
  readonly skipped: number;
} {
  const said = /^sep=([,;\t])(?:\r\n|\n|\r)/i.exec(text);
  if (said?.[1] !== undefined) return { body: text.slice(said[0].length), delimiter: said[1], skipped: 1 };
  const first = /^[^\r\n]*/.exec(text.trimStart())?.[0].slice(0, longestRecord) ?? "";
  const known = (delimiter: string): number =>
    first.split(delimiter).filter((name) => knownColumn(name.replace(/"/g, "").trim()) !== undefined).length;
  const [best = ","] = [...delimiters].sort((a, b) => known(b) - known(a));
  return { body: text, delimiter: best, skipped: 0 };
}

interface NumberedRecord {
  readonly record: readonly string[];
  readonly line: number;
}

/** Records with the line each begins on; empty ones are left out. */
function parsed(body: string, delimiter: string, skipped: number): readonly NumberedRecord[] {
  const bytes = Buffer.from(body, "utf8");
  let found: readonly Parsed[];
  try {
    found = parse(bytes, {
      delimiter,
      info: true,
      relax_column_count: true,
      // All of them, so that a file with both has no line break inside a cell that nobody put there.
      record_delimiter: ["\r\n", "\n", "\r"],
      max_record_size: longestRecord,
      to: mostHosts + 2,
    }) as unknown as readonly Parsed[];
  } catch (error) {
    throw csvError(error as CsvError, skipped);
  }
  if (found.length > mostHosts + 1) {
    throw new UnreadableInventory(`has more than ${mostHosts.toLocaleString("en")} rows`);
  }
  let offset = 0;
  let line = 1 + skipped;
  return found.flatMap(({ record, info }) => {
    const start = line;
    line += lineBreaks(bytes.subarray(offset, info.bytes));
    offset = info.bytes;
    return record.every((value) => value.trim() === "") ? [] : [{ record, line: start }];
  });
}

/** Line breaks of a piece; CR and LF together are one. */
function lineBreaks(piece: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < piece.length; index++) {
    if (piece[index] === 0x0a || (piece[index] === 0x0d && piece[index + 1] !== 0x0a)) count++;
  }
  return count;
}

function csvError({ code, lines }: CsvError & { readonly lines?: number }, skipped: number) {
  const what =
    code === "CSV_QUOTE_NOT_CLOSED"
      ? 'a quote that is opened there is never closed; write a quote inside of a cell as ""'
      : code === "CSV_MAX_RECORD_SIZE"
        ? "a row is longer than 1 MiB; a quote may be missing"
        : 'a quote stands inside of a cell; quote the whole cell, and write the quote as ""';
  return new UnreadableInventory(what, {
    line: lines === undefined ? null : lines + skipped,
    column: null,
    path: "",
  });
}
