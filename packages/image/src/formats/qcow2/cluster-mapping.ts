import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { viewOf } from "../../io/buffers.ts";
import { inflateUnit } from "../inflate.ts";
import { assertStored, type Mapping, type PackedUnit, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
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

/**
 * Reads the top table (L1): the byte offset of each second-level table, 0 where there is none. At most 4 Mi entries, which
 * the header's check has made sure of.
 *
 * Two entries that point to one table are refused: no writer makes them, and a small file could claim endless tables so.
 */
export async function loadTopTable(
  container: BlockSource,
  header: Qcow2Header,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const { tableEntries, tableOffset, clusterBytes } = header;
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

/** Where the clusters of a QCOW2 disk are. */
export class ClusterMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #container: BlockSource;
  readonly #header: Qcow2Header;
  readonly #top: Float64Array;
  readonly #tables: TablePages;

  constructor(container: BlockSource, header: Qcow2Header, top: Float64Array) {
    this.sizeBytes = header.sizeBytes;
    this.#container = container;
    this.#header = header;
    this.#top = top;
    this.#tables = new TablePages(container);
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { clusterBytes } = this.#header;
    const perTable = clusterBytes / 8;
    const cluster = Math.floor(offset / clusterBytes);
    const table = Math.floor(cluster / perTable);
    const tableOffset = this.#top[table] ?? 0;
    if (tableOffset === 0) {
      let next = table + 1;
      while (next < this.#top.length && this.#top[next] === 0) next++;
      return { kind: "hole", length: Math.min(end, next * perTable * clusterBytes) - offset };
    }
    assertTable("an L2 table", tableOffset, clusterBytes, this.#container.sizeBytes);
    const index = cluster - table * perTable;
    const wanted = Math.min(perTable - index, Math.floor((end - 1) / clusterBytes) - cluster + 1);
    const { view, from, length } = await this.#tables.at(tableOffset + index * 8, wanted * 8);
    const high = view.getUint32(from);
    const low = view.getUint32(from + 4);
    const count = Math.floor(length / 8);
    const skip = offset - cluster * clusterBytes;
    if (high & compressedBit)
      return this.#packed(high, low, skip, Math.min(end - offset, clusterBytes - skip));
    const kind = this.#kindOf(high, low);
    const at = (high & offsetHighMask) * 2 ** 32 + ((low & offsetLowMask) >>> 0);
    let same = 1;
    for (; same < count; same++) {
      const nextHigh = view.getUint32(from + same * 8);
      const nextLow = view.getUint32(from + same * 8 + 4);
      if (nextHigh & compressedBit || this.#kindOf(nextHigh, nextLow) !== kind) break;
      const nextAt = (nextHigh & offsetHighMask) * 2 ** 32 + ((nextLow & offsetLowMask) >>> 0);
      if (kind === "stored" && nextAt !== at + same * clusterBytes) break;
    }
    const run = Math.min(end, (cluster + same) * clusterBytes) - offset;
    if (kind !== "stored") return { kind, length: run };
    if (at % clusterBytes !== 0) throw misaligned("a cluster", at);
    assertStored(at + skip, run, this.#container.sizeBytes);
    return { kind, length: run, at: at + skip };
  }

  unpack(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array> {
    return inflateUnit(packed, this.#header.clusterBytes, "raw", unit.at);
  }

  #kindOf(high: number, low: number): "hole" | "zero" | "stored" {
    if (high & reservedHighMask || low & 0x1fe) {
      throw new SampanError("IMAGE_CORRUPT", "reading a QCOW2 table entry in which reserved bits are set", {
        details: { high, low },
      });
    }
    if (low & 1) {
      if (this.#header.version === 2) {
        throw new SampanError(
          "IMAGE_CORRUPT",
          "reading a zero cluster in a QCOW2 image of version 2, which has none",
        );
      }
      return "zero";
    }
    return (high & offsetHighMask) === 0 && (low & offsetLowMask) === 0 ? "hole" : "stored";
  }

  /** A compressed cluster: its byte offset in the low bits, above them how many more sectors it reaches into. */
  #packed(high: number, low: number, skip: number, length: number): Piece {
    const entry = (BigInt(high & 0x3fffffff) << 32n) | BigInt(low);
    const offsetBits = BigInt(62 - (this.#header.clusterBits - 8));
    const at = Number(entry & ((1n << offsetBits) - 1n));
    const sectors = Number(entry >> offsetBits) + 1;
    const packedBytes = sectors * 512 - (at % 512);
    assertStored(at, 1, this.#container.sizeBytes);
    // The last compressed cluster of a file may be said to reach past its end.
    const unit = { at, packedBytes: Math.min(packedBytes, this.#container.sizeBytes - at) };
    return { kind: "packed", length, skip, unit };
  }
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
