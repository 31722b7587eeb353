import { type FileHandle, open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { SampanError } from "@sampan/core";
import { checkHosts } from "./check-hosts.ts";
import { checkRows } from "./check-rows.ts";
import { decodeText } from "./decode-text.ts";
import type { Inventory, InventoryRemark } from "./inventory.ts";
import { placeText, problemsError } from "./inventory-error.ts";
import { type RawInventory, type RawProblem, shown, UnreadableInventory } from "./raw-inventory.ts";
import { readCsv } from "./read-csv.ts";
import { readJson, readValue } from "./read-json.ts";
import { readYaml } from "./read-yaml.ts";

/** How an inventory is written. */
export type InventoryFormat = "csv" | "json" | "yaml";

/** An inventory that is no file: a text, or hosts as a program has them. */
export type InventoryText =
  | { readonly text: string; readonly format: InventoryFormat; readonly name?: string }
  | { readonly value: unknown; readonly name?: string };

/** How {@link readInventory} is told. */
export interface ReadInventoryOptions {
  /** Waves in their order, as a policy has them; without, by name. */
  readonly waves?: readonly string[];
}

/** Larger files are no inventories: this holds some hundred thousand hosts. */
export const mostInventoryBytes = 16 * 1024 * 1024;

const formats: Readonly<Record<string, InventoryFormat>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".yaml": "yaml",
  ".yml": "yaml",
};

const readers: Readonly<Record<InventoryFormat, (text: string) => RawInventory>> = {
  csv: readCsv,
  json: readJson,
  yaml: readYaml,
};

/**
 * Reads the hosts of a fleet from a CSV, JSON or YAML file, or from a text, and checks them: each by itself, and all against each other.
 * Reads that file and nothing else: sources are not looked at, paths stay as they are written.
 *
 * @throws `FLEET_INVENTORY_UNREADABLE` for a file that cannot be read, is too large, or is of none of these formats;
 * `FLEET_INVENTORY_INVALID` with all that is wrong at once, each with its place, in `details.problems`.
 *
 * @example
 * ```ts
 * const { hosts } = await readInventory("inventory.csv");
 * ```
 */
export async function readInventory(
  from: string | InventoryText,
  options: ReadInventoryOptions = {},
): Promise<Inventory> {
  if (typeof from !== "string") {
    const name = from.name ?? "the inventory";
    const read = () =>
      "value" in from ? readValue(from.value) : readers[from.format](withoutMark(from.text));
    return checkInventory(name, rawOf(name, read), options);
  }
  const format = formats[extname(from).toLowerCase()];
  if (format === undefined) {
    throw new SampanError(
      "FLEET_INVENTORY_UNREADABLE",
      `reading inventory ${from}: its ending says no format`,
      {
        hint: "Inventories end in .csv, .tsv, .json, .yaml or .yml; of a workbook, save the sheet as CSV UTF-8.",
      },
    );
  }
  const bytes = await bytesOf(from);
  return checkInventory(
    from,
    rawOf(from, () => readers[format](decodeText(bytes))),
    options,
  );
}

/** A text without the mark that a file of UTF-8 may begin with, and that a reader of text leaves in it. */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function rawOf(name: string, read: () => RawInventory): RawInventory {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableInventory)) throw error;
    const { message, place } = error;
    throw new SampanError(
      "FLEET_INVENTORY_UNREADABLE",
      `reading inventory ${placeText(name, place)}: ${message}`,
      { details: { file: name, line: place.line, column: place.column } },
    );
  }
}

function checkInventory(name: string, raw: RawInventory, { waves = [] }: ReadInventoryOptions): Inventory {
  const remark = ({ place, message }: RawProblem): InventoryRemark => ({
    where: placeText(name, place),
    field: plainField(place.path),
    message,
  });
  const { hosts, problems, warnings } = checkRows(raw);
  const between = checkHosts(hosts, {
    waves,
    complete: problems.length === 0,
    at: (place) => (place.line === null ? place.path : placeText(name, place)),
  });
  const all = [...problems, ...between];
  if (all.length === 0 && hosts.length === 0) {
    throw new SampanError("FLEET_INVENTORY_INVALID", `reading inventory ${name}: it names no host`);
  }
  if (all.length > 0) {
    const ordered = all
      .map((problem, index) => ({ problem, index }))
      .sort((a, b) => (a.problem.place.line ?? 0) - (b.problem.place.line ?? 0) || a.index - b.index)
      .map(({ problem }) => remark(problem));
    throw problemsError("FLEET_INVENTORY_INVALID", `reading inventory ${name}`, ordered);
  }
  return {
    name,
    hosts: hosts.map(({ host }) => host),
    where: hosts.map(({ row: { place } }) =>
      place.line === null ? `${name} ${place.path}` : placeText(name, { line: place.line, column: null }),
    ),
    warnings: warnings.map(remark),
  };
}

/** The path of a field, which holds names of columns as anybody may have written them. */
function plainField(path: string): string {
  const quoted = shown(path);
  return quoted === `"${path}"` ? path : quoted;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  const refused = (message: string, cause?: unknown): SampanError =>
    new SampanError("FLEET_INVENTORY_UNREADABLE", `reading inventory ${path}: ${message}`, {
      ...(cause === undefined ? {} : { cause }),
      details: { file: path },
    });
  try {
    // Before it is opened: opening a pipe that nobody writes to would wait for ever.
    const found = await stat(path);
    if (!found.isFile()) throw refused(found.isDirectory() ? "is a folder" : "is no regular file");
    file = await open(path, "r");
    const buffer = Buffer.alloc(Math.min(found.size, mostInventoryBytes) + 1);
    let length = 0;
    for (let room = buffer; length < buffer.length; room = buffer.subarray(length)) {
      const { bytesRead } = await file.read(room, 0, room.length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > mostInventoryBytes) {
      throw refused(`is larger than ${mostInventoryBytes / 1024 / 1024} MiB`);
    }
    if (length > found.size) throw refused("was written to while it was read");
    return buffer.subarray(0, length);
  } catch (error) {
    if (error instanceof SampanError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    const told: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EACCES: "may not be read by this user",
    };
    throw refused(told[code] ?? (error as Error).message, error);
  } finally {
    await file?.close();
  }
}
