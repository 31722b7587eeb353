import { MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { inflateUnit } from "../inflate.ts";
import { assertStored, type Mapping, type PackedUnit, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
import type { SparseHeader } from "./sparse-header.ts";

/** Largest directory that is taken into memory: 4 Mi tables, 128 TiB of ordinary grains. */
const maximumDirectoryBytes = 16 * MiB;

/**
 * Reads the grain directory: the sector of each grain table, 0 where there is none.
 *
 * Two entries that point to one table are refused: no writer makes them, and a small file could claim endless tables so.
 */
export async function loadDirectory(
  container: BlockSource,
  header: SparseHeader,
  signal: AbortSignal | undefined,
): Promise<Uint32Array> {
  const coverage = header.grainBytes * header.entriesPerTable;
  const entries = Math.ceil((header.capacitySectors * 512) / coverage);
  const offset = header.directoryOffset ?? 0;
  if (entries * 4 > maximumDirectoryBytes) {
    throw new SampanError("IMAGE_CORRUPT", `reading a VMDK whose directory would have ${entries} entries`, {
      details: { entries },
    });
  }
  assertTable("the grain directory", offset, entries * 4, container.sizeBytes);
  const bytes = await readBytes(container, offset, entries * 4, "the grain directory", signal);
  const view = viewOf(bytes);
  const directory = Uint32Array.from({ length: entries }, (_, index) => view.getUint32(index * 4, true));
  const sorted = directory.filter((entry) => entry > 1).sort();
  for (let index = 1; index < sorted.length; index++) {
    if (sorted[index] === sorted[index - 1]) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading a VMDK whose directory names the grain table at sector ${sorted[index]} twice`,
        { details: { sector: sorted[index] ?? null } },
      );
    }
  }
  return directory;
}

const markerBytes = 12;

/** Where the grains of a sparse extent are. */
export class GrainMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #container: BlockSource;
  readonly #tables: TablePages;
  readonly #directory: Uint32Array;
  readonly #header: SparseHeader;

  constructor(container: BlockSource, header: SparseHeader, directory: Uint32Array) {
    this.sizeBytes = safeInteger(BigInt(header.capacitySectors) * 512n, "the capacity of the VMDK");
    this.#container = container;
    this.#tables = new TablePages(container);
    this.#directory = directory;
    this.#header = header;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { grainBytes, entriesPerTable } = this.#header;
    const grain = Math.floor(offset / grainBytes);
    const table = Math.floor(grain / entriesPerTable);
    const tableSector = this.#directory[table] ?? 0;
    // An entry of 1 in the directory stands for a table of zeroed grains where such grains are allowed.
    if (tableSector <= 1) return this.#missingTables(offset, end, table);
    const index = grain - table * entriesPerTable;
    const wanted = Math.min(entriesPerTable - index, Math.floor((end - 1) / grainBytes) - grain + 1);
    const place = tableSector * 512 + index * 4;
    assertTable("a grain table", tableSector * 512, entriesPerTable * 4, this.#container.sizeBytes);
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
    assertStored(at, stored, this.#container.sizeBytes);
    return { kind: "stored", length: stored, at };
  }

  /** A compressed grain begins with a marker: the grain's first sector (8) and how many compressed bytes follow (4). */
  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    const size = packed.length < markerBytes ? 0 : viewOf(packed).getUint32(8, true);
    if (size === 0 || markerBytes + size > packed.length) throw this.#wrongSize(unit.at, size);
    // Some writers cut the last grain at the disk's end; what is too short for the bytes asked is refused by the caller.
    return inflateUnit(
      packed.subarray(markerBytes, markerBytes + size),
      this.#header.grainBytes,
      "zlib",
      unit.at,
    );
  }

  /**
   * `packedBytes` may be more than the grain takes: where the next grain stands behind this one, the distance saves a look at
   * the marker, which `unpack` checks.
   */
  #packed(at: number, packedBytes: number, skip: number, length: number): Piece {
    const bytes = Math.min(packedBytes, this.#maximumPackedBytes, this.#container.sizeBytes - at);
    assertStored(at, markerBytes, this.#container.sizeBytes);
    return { kind: "packed", length, skip, unit: { at, packedBytes: bytes } };
  }

  /** Deflate makes incompressible data only a little longer. */
  get #maximumPackedBytes(): number {
    const { grainBytes } = this.#header;
    return markerBytes + grainBytes + grainBytes / 8 + 1024;
  }

  async #packedBytes(at: number): Promise<number> {
    assertStored(at, markerBytes, this.#container.sizeBytes);
    const { view, from } = await this.#tables.at(at, markerBytes);
    const size = markerBytes + view.getUint32(from + 8, true);
    if (size > this.#maximumPackedBytes) throw this.#wrongSize(at, size - markerBytes);
    assertStored(at, size, this.#container.sizeBytes);
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

  #missingTables(offset: number, end: number, table: number): Piece {
    const { grainBytes, entriesPerTable } = this.#header;
    const entry = this.#directory[table];
    if (entry === 1 && !this.#header.zeroedGrains) throw this.#wrongEntry(table, 1);
    let next = table + 1;
    while (next < this.#directory.length && this.#directory[next] === entry) next++;
    const length = Math.min(end, next * grainBytes * entriesPerTable) - offset;
    return { kind: entry === 1 ? "zero" : "hole", length };
  }

  #wrongEntry(place: number, entry: number): SampanError {
    return new SampanError("IMAGE_CORRUPT", `reading the VMDK table entry at ${place}, which is ${entry}`, {
      details: { place, entry },
    });
  }
}
