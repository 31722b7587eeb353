import { SampanError } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { viewOf } from "../io/buffers.ts";
import { assertStored, type Mapping, type Piece } from "./mapped-source.ts";
import { readBytes } from "./read-bytes.ts";
import { assertTable, TablePages } from "./table-pages.ts";
import { assertApart, maximumCheckedEntries } from "./unit-places.ts";

/** A table of one little-endian number of 32 bits for each unit of the disk, in order. */
export interface UnitTable {
  /** What to call the table in messages. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly tableOffset: number;
  readonly unitBytes: number;
  /** What an entry stands for when it is no place. */
  kindOf(entry: number): "hole" | "zero" | "parent" | undefined;
  /** Where the unit of an entry begins in the container. */
  placeOf(entry: number): number;
}

/** More than products make: a table that is one long hole of a sparse file would be read for hours. */
const maximumEntries = 64 * 1024 * 1024;

const stepEntries = 1024 * 1024;

/** Where the units of a disk are, by a table that is read in pages. */
export class UnitTableMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TablePages;
  readonly #table: UnitTable;

  private constructor(container: BlockSource, table: UnitTable, depth: number) {
    this.sizeBytes = table.sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#tables = new TablePages(container, depth);
    this.#table = table;
  }

  /** Checks that the table lies in the container and that no two units overlap. */
  static async over(
    container: BlockSource,
    table: UnitTable,
    depth: number,
    signal: AbortSignal | undefined,
  ): Promise<UnitTableMapping> {
    const entries = Math.ceil(table.sizeBytes / table.unitBytes);
    assertTable(table.name, table.tableOffset, entries * 4, container.sizeBytes);
    if (table.tableOffset % 4 !== 0) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading ${table.name} at ${table.tableOffset}, which is not aligned`,
        {
          details: { tableOffset: table.tableOffset },
        },
      );
    }
    if (entries > maximumEntries) {
      throw new SampanError("IMAGE_CORRUPT", `reading ${table.name}, which has ${entries} entries`, {
        hint: `At most ${maximumEntries} are read, which is 64 TiB in units of 1 MiB.`,
        details: { entries },
      });
    }
    if (entries <= maximumCheckedEntries) {
      const view = viewOf(await readBytes(container, table.tableOffset, entries * 4, table.name, signal));
      const places: number[] = [];
      for (let index = 0; index < entries; index++) {
        const entry = view.getUint32(index * 4, true);
        if (!table.kindOf(entry)) places.push(table.placeOf(entry));
      }
      assertApart(Float64Array.from(places), table.unitBytes, table.name);
    } else await assertRoom(container, table, entries, signal);
    return new UnitTableMapping(container, table, depth);
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { unitBytes, tableOffset } = this.#table;
    const unit = Math.floor(offset / unitBytes);
    const wanted = Math.floor((end - 1) / unitBytes) - unit + 1;
    const { view, from, length } = await this.#tables.at(tableOffset + unit * 4, wanted * 4);
    const entry = view.getUint32(from, true);
    const kind = this.#table.kindOf(entry);
    const skip = offset - unit * unitBytes;
    if (!kind) {
      const stored = Math.min(end - offset, unitBytes - skip);
      const at = this.#table.placeOf(entry) + skip;
      assertStored(at, stored, this.#containerBytes);
      return { kind: "stored", length: stored, at };
    }
    let same = 1;
    while ((same + 1) * 4 <= length && this.#table.kindOf(view.getUint32(from + same * 4, true)) === kind)
      same++;
    return { kind, length: Math.min(end, (unit + same) * unitBytes) - offset };
  }
}

/** Refuses a table too large to be checked whole whose units could not all lie in the container without overlapping. */
async function assertRoom(
  container: BlockSource,
  table: UnitTable,
  entries: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let stored = 0;
  for (let index = 0; index < entries; index += stepEntries) {
    const length = Math.min(stepEntries, entries - index) * 4;
    const view = viewOf(
      await readBytes(container, table.tableOffset + index * 4, length, table.name, signal),
    );
    for (let at = 0; at < length; at += 4) if (!table.kindOf(view.getUint32(at, true))) stored++;
  }
  if (stored * table.unitBytes <= container.sizeBytes) return;
  throw new SampanError(
    "IMAGE_CORRUPT",
    `reading ${table.name}: ${stored} units of ${table.unitBytes} bytes are said to lie in ${container.sizeBytes} bytes`,
    { details: { stored, unitBytes: table.unitBytes, fileSizeBytes: container.sizeBytes } },
  );
}
