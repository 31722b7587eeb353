import { isSampanError, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { inflateUnit } from "../inflate.ts";
import { assertStored, type Mapping, type PackedUnit, type Piece } from "../mapped-source.ts";
import type { TableView } from "../part-space.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, type TableSlice } from "../table-pages.ts";
import { assertApart } from "../unit-places.ts";

/** Largest directory that is looked at: 4 Mi tables, 128 TiB of ordinary grains. */
const maximumDirectoryBytes = 16 * MiB;

/** What the header of a sparse extent, hosted or of ESX, says of its grains and tables. */
export interface GrainLayout {
  readonly capacitySectors: number;
  readonly grainBytes: number;
  readonly entriesPerTable: number;
  readonly directoryOffset: number;
  /** A second directory with tables of its own, where the header says there is one. */
  readonly redundantDirectoryOffset: number | undefined;
  readonly compressed: boolean;
  /** Whether table entries of 1 mean a grain of zeros. */
  readonly zeroedGrains: boolean;
}

/** A directory that was found sound: the sector of each grain table, 0 where there is none, 1 for a table of zeroed grains. */
export interface GrainDirectory {
  readonly offset: number;
  readonly entries: number;
  /** True when the first directory was broken and the redundant one was taken. */
  readonly redundant: boolean;
}

/**
 * Checks the grain directory, and the redundant one where the first contradicts itself or the file, and says which to use.
 * Nothing of it stays in memory.
 *
 * Tables that overlap are refused: no writer makes them, and a small file could claim endless tables so.
 */
export async function checkDirectory(
  container: BlockSource,
  layout: GrainLayout,
  signal: AbortSignal | undefined,
): Promise<GrainDirectory> {
  const entries = Math.ceil((layout.capacitySectors * 512) / (layout.grainBytes * layout.entriesPerTable));
  if (entries * 4 > maximumDirectoryBytes) {
    throw new SampanError("IMAGE_CORRUPT", `reading a VMDK whose directory would have ${entries} entries`, {
      details: { entries },
    });
  }
  const tableBytes = layout.entriesPerTable * 4;
  try {
    await checkOneDirectory(container, layout.directoryOffset, entries, tableBytes, signal);
    return { offset: layout.directoryOffset, entries, redundant: false };
  } catch (error) {
    const offset = layout.redundantDirectoryOffset;
    const broken = isSampanError(error, "IMAGE_CORRUPT") || isSampanError(error, "IMAGE_TRUNCATED");
    if (!broken || offset === undefined) throw error;
    try {
      await checkOneDirectory(container, offset, entries, tableBytes, signal);
    } catch {
      // Of two broken directories the first one's story is told.
      throw error;
    }
    return { offset, entries, redundant: true };
  }
}

async function checkOneDirectory(
  container: BlockSource,
  offset: number,
  entries: number,
  tableBytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (offset === 0) {
    throw new SampanError("IMAGE_CORRUPT", "reading a VMDK whose grain directory would stand in its header");
  }
  assertTable("the grain directory", offset, entries * 4, container.sizeBytes);
  const view = viewOf(await readBytes(container, offset, entries * 4, "the grain directory", signal));
  const sectors: number[] = [];
  for (let index = 0; index < entries; index++) {
    const sector = view.getUint32(index * 4, true);
    if (sector > 1) sectors.push(sector);
  }
  assertApart(Uint32Array.from(sectors), tableBytes / 512, "the grain directory");
  const last = sectors.reduce((most, sector) => Math.max(most, sector), 0);
  if (last > 0) assertTable("a grain table", last * 512, tableBytes, container.sizeBytes);
}

const markerBytes = 12;

/** Where the grains of a sparse extent are. */
export class GrainMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TableView;
  readonly #directory: GrainDirectory;
  readonly #header: GrainLayout;

  constructor(containerBytes: number, tables: TableView, layout: GrainLayout, directory: GrainDirectory) {
    this.sizeBytes = layout.capacitySectors * 512;
    this.#containerBytes = containerBytes;
    this.#tables = tables;
    this.#directory = directory;
    this.#header = layout;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { grainBytes, entriesPerTable } = this.#header;
    const grain = Math.floor(offset / grainBytes);
    const table = Math.floor(grain / entriesPerTable);
    const entries = await this.#tables.at(
      this.#directory.offset + table * 4,
      (this.#directory.entries - table) * 4,
    );
    const tableSector = entries.view.getUint32(entries.from, true);
    // An entry of 1 in the directory stands for a table of zeroed grains where such grains are allowed.
    if (tableSector <= 1) return this.#missingTables(offset, end, table, entries);
    const index = grain - table * entriesPerTable;
    const wanted = Math.min(entriesPerTable - index, Math.floor((end - 1) / grainBytes) - grain + 1);
    const place = tableSector * 512 + index * 4;
    assertTable("a grain table", tableSector * 512, entriesPerTable * 4, this.#containerBytes);
    const slice = await this.#tables.at(place, (entriesPerTable - index) * 4);
    const { view, from } = slice;
    const length = Math.min(slice.length, wanted * 4);
    const entry = view.getUint32(from, true);
    const skip = offset - grain * grainBytes;
    if (entry <= 1) {
      if (entry === 1 && !this.#header.zeroedGrains) throw this.#wrongEntry(place, entry);
      let count = 1;
      while ((count + 1) * 4 <= length && view.getUint32(from + count * 4, true) === entry) count++;
      return {
        kind: entry === 0 ? "hole" : "zero",
        length: Math.min(end, (grain + count) * grainBytes) - offset,
      };
    }
    if (this.#header.compressed) {
      const next = slice.length >= 8 ? view.getUint32(from + 4, true) : 0;
      const packedBytes = next > entry ? (next - entry) * 512 : await this.#packedBytes(entry * 512);
      return this.#packed(entry * 512, packedBytes, skip, Math.min(end - offset, grainBytes - skip));
    }
    let count = 1;
    const step = grainBytes / 512;
    while ((count + 1) * 4 <= length && view.getUint32(from + count * 4, true) === entry + count * step)
      count++;
    const stored = Math.min(end, (grain + count) * grainBytes) - offset;
    const at = entry * 512 + skip;
    assertStored(at, stored, this.#containerBytes);
    return { kind: "stored", length: stored, at };
  }

  /** A compressed grain begins with a marker: the grain's first sector (8) and how many compressed bytes follow (4). */
  streamWithin(packed: Uint8Array, unit: PackedUnit): { readonly from: number; readonly length: number } {
    const size = packed.length < markerBytes ? 0 : viewOf(packed).getUint32(8, true);
    if (size === 0 || markerBytes + size > packed.length) throw this.#wrongSize(unit.at, size);
    return { from: markerBytes, length: size };
  }

  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    const { from, length } = this.streamWithin(packed, unit);
    // Some writers cut the last grain at the disk's end; what is too short for the bytes asked is refused by the caller.
    return inflateUnit(packed.subarray(from, from + length), this.#header.grainBytes, "zlib", unit.at);
  }

  /**
   * `packedBytes` may be more than the grain takes: where the next grain stands behind this one, the distance saves a look at
   * the marker, which `unpack` checks.
   */
  #packed(at: number, packedBytes: number, skip: number, length: number): Piece {
    const bytes = Math.min(packedBytes, this.#maximumPackedBytes, this.#containerBytes - at);
    assertStored(at, markerBytes, this.#containerBytes);
    return {
      kind: "packed",
      length,
      skip,
      unit: { at, packedBytes: bytes, deflated: { wrapping: "zlib", unitBytes: this.#header.grainBytes } },
    };
  }

  /** Deflate makes incompressible data only a little longer. */
  get #maximumPackedBytes(): number {
    const { grainBytes } = this.#header;
    return markerBytes + grainBytes + grainBytes / 8 + 1024;
  }

  async #packedBytes(at: number): Promise<number> {
    assertStored(at, markerBytes, this.#containerBytes);
    const { view, from } = await this.#tables.at(at, markerBytes);
    const size = markerBytes + view.getUint32(from + 8, true);
    if (size > this.#maximumPackedBytes) throw this.#wrongSize(at, size - markerBytes);
    assertStored(at, size, this.#containerBytes);
    return size;
  }

  #wrongSize(at: number, size: number): SampanError {
    return new SampanError(
      "IMAGE_CORRUPT",
      `reading the compressed grain at ${at}, which is said to have ${size} bytes`,
      {
        details: { offset: at, size },
      },
    );
  }

  #missingTables(offset: number, end: number, table: number, entries: TableSlice): Piece {
    const { grainBytes, entriesPerTable } = this.#header;
    const { view, from, length } = entries;
    const entry = view.getUint32(from, true);
    if (entry === 1 && !this.#header.zeroedGrains) throw this.#wrongEntry(table, 1);
    const wanted = Math.min(length, Math.ceil((end - offset) / (grainBytes * entriesPerTable) + 1) * 4);
    let count = 1;
    while ((count + 1) * 4 <= wanted && view.getUint32(from + count * 4, true) === entry) count++;
    const covered = Math.min(end, (table + count) * grainBytes * entriesPerTable) - offset;
    return { kind: entry === 1 ? "zero" : "hole", length: covered };
  }

  #wrongEntry(place: number, entry: number): SampanError {
    return new SampanError("IMAGE_CORRUPT", `reading the VMDK table entry at ${place}, which is ${entry}`, {
      details: { place, entry },
    });
  }
}
