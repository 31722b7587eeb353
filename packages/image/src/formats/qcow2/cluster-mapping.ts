import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import type { OpenContext } from "../format.ts";
import { inflateUnit } from "../inflate.ts";
import { assertStored, type Mapping, type PackedUnit, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
import { unpackZstdUnit } from "../zstd-unit.ts";
import type { Qcow2Header } from "./qcow2-header.ts";

/*
 * A table entry is read as two 32-bit halves. High half: bit 31 "copied", bit 30 "compressed", bits 23-0 of the offset. Low
 * half: the rest of the offset down to bit 9, bit 0 "reads as zeros". Numbers below 2^56 made of both halves would not all be
 * exact, but offsets past 2^53 lie outside every file and are refused as such.
 */
const compressedBit = 0x40000000;
const offsetHighMask = 0x00ffffff;
const reservedHighMask = 0x3f000000;
const offsetLowMask = 0xfffffe00;
const copiedBit = 0x80000000;
const maximumTopEntries = 4 * 1024 * 1024;
const leastTopEntries = 64 * 1024;
/** Parts of a cluster whose states an extended entry holds. */
const subclusters = 32;

/**
 * Reads the top table (L1): the byte offset of each second-level table, 0 where there is none. At most 4 Mi entries, fewer for an
 * image deep in a chain, so that the tables of a whole chain stay within memory.
 *
 * Two entries that point to one table are refused: no writer makes them, and a small file could claim endless tables so.
 */
export async function loadTopTable(
  container: BlockSource,
  header: Qcow2Header,
  { path, depth, signal }: OpenContext,
): Promise<Float64Array> {
  const { tableEntries, tableOffset, clusterBytes } = header;
  if (tableEntries > Math.max(maximumTopEntries / 2 ** depth, leastTopEntries)) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: its table of ${tableEntries} entries is too large for a backing file`,
      {
        hint: "Merge the chain of backing files first: `qemu-img convert` writes the whole disk into one file.",
        details: { path, tableEntries, depth },
      },
    );
  }
  assertTable("the L1 table", tableOffset, tableEntries * 8, container.sizeBytes);
  const view = viewOf(await readBytes(container, tableOffset, tableEntries * 8, "the L1 table", signal));
  const table = new Float64Array(tableEntries);
  for (let index = 0; index < tableEntries; index++) {
    const high = view.getUint32(index * 8);
    const offset =
      (high & offsetHighMask) * 2 ** 32 + ((view.getUint32(index * 8 + 4) & offsetLowMask) >>> 0);
    if (offset % clusterBytes !== 0) throw misaligned("an L2 table", offset);
    table[index] = offset;
  }
  const sorted = table.filter((offset) => offset !== 0).sort();
  for (let index = 1; index < sorted.length; index++) {
    if (sorted[index] === sorted[index - 1]) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading a QCOW2 image whose L1 table names the L2 table at ${sorted[index]} twice`,
        {
          details: { offset: sorted[index] ?? null },
        },
      );
    }
  }
  return table;
}

/** What a mapping must know besides the header. */
export interface ClusterMappingOptions {
  /** The external data file. */
  readonly data: BlockSource | undefined;
  /** Whether what is not there comes from a backing file. */
  readonly backed: boolean;
  readonly depth: number;
}

/** Where the clusters of a QCOW2 disk are. */
export class ClusterMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #dataBytes: number;
  readonly #header: Qcow2Header;
  readonly #top: Float64Array;
  readonly #tables: TablePages;
  readonly #external: boolean;
  readonly #absent: "hole" | "parent";

  constructor(
    container: BlockSource,
    header: Qcow2Header,
    top: Float64Array,
    options: ClusterMappingOptions,
  ) {
    this.sizeBytes = header.sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#dataBytes = (options.data ?? container).sizeBytes;
    this.#header = header;
    this.#top = top;
    this.#tables = new TablePages(container, options.depth);
    this.#external = options.data !== undefined;
    this.#absent = options.backed ? "parent" : "hole";
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { clusterBytes, extended } = this.#header;
    const entryBytes = extended ? 16 : 8;
    const perTable = clusterBytes / entryBytes;
    const cluster = Math.floor(offset / clusterBytes);
    const table = Math.floor(cluster / perTable);
    const tableOffset = this.#top[table] ?? 0;
    if (tableOffset === 0) {
      let next = table + 1;
      while (next < this.#top.length && this.#top[next] === 0) next++;
      return { kind: this.#absent, length: Math.min(end, next * perTable * clusterBytes) - offset };
    }
    assertTable("an L2 table", tableOffset, clusterBytes, this.#containerBytes);
    const index = cluster - table * perTable;
    const wanted = Math.min(perTable - index, Math.floor((end - 1) / clusterBytes) - cluster + 1);
    const slice = await this.#tables.at(tableOffset + index * entryBytes, wanted * entryBytes);
    const { view, from } = slice;
    const high = view.getUint32(from);
    const low = view.getUint32(from + 4);
    const skip = offset - cluster * clusterBytes;
    const inCluster = Math.min(end - offset, clusterBytes - skip);
    if (high & compressedBit) return this.#packed(high, low, skip, inCluster);
    if (extended) return this.#bySubclusters(view, from, skip, inCluster);
    const kind = this.#kindOf(high, low);
    const at = offsetOf(high, low);
    const count = Math.floor(slice.length / 8);
    let same = 1;
    for (; same < count; same++) {
      const nextHigh = view.getUint32(from + same * 8);
      const nextLow = view.getUint32(from + same * 8 + 4);
      if (nextHigh & compressedBit || this.#kindOf(nextHigh, nextLow) !== kind) break;
      if (kind === "stored" && offsetOf(nextHigh, nextLow) !== at + same * clusterBytes) break;
    }
    const length = Math.min(end, (cluster + same) * clusterBytes) - offset;
    return kind === "stored" ? this.#stored(at, skip, length) : { kind, length };
  }

  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    const { clusterBytes, compression } = this.#header;
    if (compression === "zstd") return unpackZstdUnit(packed, clusterBytes, unit.at);
    return inflateUnit(packed, clusterBytes, "raw", unit.at);
  }

  #stored(at: number, skip: number, length: number): Piece {
    if (at % this.#header.clusterBytes !== 0) throw misaligned("a cluster", at);
    assertStored(at + skip, length, this.#dataBytes);
    return { kind: "stored", length, at: at + skip };
  }

  #kindOf(high: number, low: number): "hole" | "parent" | "zero" | "stored" {
    if (high & reservedHighMask || low & 0x1fe) throw reservedBits(high, low);
    if (low & 1) {
      if (this.#header.version === 2) {
        throw new SampanError(
          "IMAGE_CORRUPT",
          "reading a zero cluster in a QCOW2 image of version 2, which has none",
        );
      }
      return "zero";
    }
    return this.#isAllocated(high, low) ? "stored" : this.#absent;
  }

  /** Place 0 stands for nothing, but in a data file it is a place: the "copied" bit tells. */
  #isAllocated(high: number, low: number): boolean {
    return offsetOf(high, low) !== 0 || (this.#external && (high & copiedBit) !== 0);
  }

  /**
   * An extended entry: behind the usual one 32 bits of which parts read as zeros, then 32 of which are allocated; the lowest bit
   * stands for the first part.
   */
  #bySubclusters(view: DataView, from: number, skip: number, inCluster: number): Piece {
    const high = view.getUint32(from);
    const low = view.getUint32(from + 4);
    if (high & reservedHighMask || low & 0x1ff) throw reservedBits(high, low);
    const zeros = view.getUint32(from + 8);
    const held = view.getUint32(from + 12);
    if ((zeros & held) !== 0 || (held !== 0 && !this.#isAllocated(high, low))) {
      throw new SampanError("IMAGE_CORRUPT", "reading a QCOW2 table entry whose subclusters contradict it", {
        details: { zeros, held },
      });
    }
    const kindOf = (part: number) =>
      (zeros >>> part) & 1 ? "zero" : (held >>> part) & 1 ? "stored" : this.#absent;
    const partBytes = this.#header.clusterBytes / subclusters;
    const first = Math.floor(skip / partBytes);
    const kind = kindOf(first);
    let next = first + 1;
    while (next < subclusters && kindOf(next) === kind) next++;
    const length = Math.min(inCluster, next * partBytes - skip);
    return kind === "stored" ? this.#stored(offsetOf(high, low), skip, length) : { kind, length };
  }

  /** A compressed cluster: its byte offset in the low bits, above them how many more sectors it reaches into. */
  #packed(high: number, low: number, skip: number, length: number): Piece {
    if (this.#external) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        "reading a compressed cluster in a QCOW2 image with an external data file, which has none",
      );
    }
    const entry = (BigInt(high & 0x3fffffff) << 32n) | BigInt(low);
    const offsetBits = BigInt(62 - (this.#header.clusterBits - 8));
    const at = Number(entry & ((1n << offsetBits) - 1n));
    const sectors = Number(entry >> offsetBits) + 1;
    const packedBytes = sectors * 512 - (at % 512);
    assertStored(at, 1, this.#containerBytes);
    // The last compressed cluster of a file may be said to reach past its end.
    const unit = { at, packedBytes: Math.min(packedBytes, this.#containerBytes - at) };
    const { clusterBytes, compression } = this.#header;
    if (compression === "zstd") return { kind: "packed", length, skip, unit };
    const deflated = { wrapping: "raw", unitBytes: clusterBytes } as const;
    return { kind: "packed", length, skip, unit: { ...unit, deflated } };
  }
}

function offsetOf(high: number, low: number): number {
  return (high & offsetHighMask) * 2 ** 32 + ((low & offsetLowMask) >>> 0);
}

function reservedBits(high: number, low: number): SampanError {
  return new SampanError("IMAGE_CORRUPT", "reading a QCOW2 table entry in which reserved bits are set", {
    details: { high, low },
  });
}

function misaligned(what: string, offset: number): SampanError {
  return new SampanError(
    "IMAGE_CORRUPT",
    `reading a QCOW2 image: ${what} stands at ${offset}, which is no cluster's start`,
    {
      details: { offset },
    },
  );
}
