/*
 * An inventory as its file has it, before anything of it is checked: what the readers of CSV, JSON and YAML give alike.
 */

/** Where something stands in an inventory. */
export interface Place {
  /** Counted from 1; `null` where only the path is known. */
  readonly line: number | null;
  /** Counted from 1; `null` where the line, or the name of a column, says enough. */
  readonly column: number | null;
  /** `region`, `hosts[2].region`, or empty. */
  readonly path: string;
}

/** What was written in one cell; numbers stand as they were written. */
export interface RawCell {
  readonly value: string | readonly string[];
  readonly place: Place;
}

/** What was written of one host; columns by their names as written. */
export interface RawRow {
  readonly place: Place;
  readonly cells: ReadonlyMap<string, RawCell>;
}

/** Something wrong at some place. */
export interface RawProblem {
  readonly place: Place;
  readonly message: string;
}

export interface RawInventory {
  /** Where the names of columns stand, for a table: there they are named once for all rows. */
  readonly heads?: ReadonlyMap<string, Place>;
  /** Columns that hold for every host that says nothing else. */
  readonly defaults: ReadonlyMap<string, RawCell>;
  readonly rows: readonly RawRow[];
  readonly problems: readonly RawProblem[];
}

/** A file that no row can be read from. */
export class UnreadableInventory extends Error {
  readonly place: Place;

  constructor(message: string, place: Place = nowhere) {
    super(message);
    this.name = "UnreadableInventory";
    this.place = place;
  }
}

export const nowhere: Place = { line: null, column: null, path: "" };

/** More hosts than any fleet has: what has them is no inventory. */
export const mostHosts = 100_000;
/** The most entries of a list in a cell. */
export const mostEntries = 200;

/** Foreign text for a message: short, quoted, and without control characters. */
export function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
