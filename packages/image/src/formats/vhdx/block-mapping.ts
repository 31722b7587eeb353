import { MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { bitRun } from "../../chain/bit-run.ts";
import { assertStored, type Mapping, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { TablePages } from "../table-pages.ts";
import { assertApart, maximumCheckedEntries } from "../unit-places.ts";
import type { VhdxRegions } from "./headers.ts";
import type { VhdxMetadata } from "./metadata.ts";

/*
 * The block allocation table: [MS-VHDX] section 2.5. Entries of 8 bytes: the state in bits 0 to 2, the place in MiB from bit 20
 * on. Behind each chunk of payload entries one entry tells where the chunk's sector bitmap is.
 */

const states = { absent: 0, undefined: 1, zero: 2, unmapped: 3, present: 6, partly: 7 } as const;
/** Sectors whose bits one bitmap block of 1 MiB holds. */
const sectorsPerChunk = 2 ** 23;

/** Reads the state and place of the entry in a view. */
function entryAt(view: DataView, from: number): { readonly state: number; readonly at: number } {
  const low = view.getUint32(from, true);
  const high = view.getUint32(from + 4, true);
  return { state: low & 7, at: (high * 2 ** 12 + (low >>> 20)) * MiB };
}

/** Where the blocks of a VHDX disk are. */
export class BlockMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TablePages;
  readonly #batOffset: number;
  readonly #blockBytes: number;
  readonly #sectorBytes: number;
  readonly #perChunk: number;
  readonly #differencing: boolean;

  private constructor(container: BlockSource, regions: VhdxRegions, metadata: VhdxMetadata, depth: number) {
    this.sizeBytes = metadata.sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#tables = new TablePages(container, depth);
    this.#batOffset = regions.batOffset;
    this.#blockBytes = metadata.blockBytes;
    this.#sectorBytes = metadata.sectorBytes;
    this.#perChunk = (sectorsPerChunk * metadata.sectorBytes) / metadata.blockBytes;
    this.#differencing = metadata.parent !== undefined;
  }

  /** Checks the table against the disk's size and for blocks that overlap. */
  static async over(
    container: BlockSource,
    regions: VhdxRegions,
    metadata: VhdxMetadata,
    depth: number,
    signal: AbortSignal | undefined,
  ): Promise<BlockMapping> {
    const mapping = new BlockMapping(container, regions, metadata, depth);
    const blocks = Math.ceil(metadata.sizeBytes / metadata.blockBytes);
    const chunks = Math.ceil(blocks / mapping.#perChunk);
    const entries = metadata.parent ? chunks * (mapping.#perChunk + 1) : blocks + chunks - 1;
    if (entries * 8 > regions.batBytes) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading a VHDX image whose table of ${regions.batBytes} bytes should have ${entries} entries`,
        { details: { entries, tableBytes: regions.batBytes } },
      );
    }
    if (entries <= maximumCheckedEntries) {
      const view = new DataView(
        (await readBytes(container, regions.batOffset, entries * 8, "the VHDX block table", signal)).buffer,
      );
      const places: number[] = [];
      for (let block = 0; block < blocks; block++) {
        const { state, at } = entryAt(view, mapping.#entryOf(block) * 8);
        if (state === states.present || state === states.partly) places.push(at);
      }
      assertApart(Float64Array.from(places), metadata.blockBytes, "the VHDX block table");
    }
    return mapping;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const blockBytes = this.#blockBytes;
    const block = Math.floor(offset / blockBytes);
    const last = Math.floor((end - 1) / blockBytes);
    // Entries up to the chunk's end stand in a row.
    const chunkEnd = (Math.floor(block / this.#perChunk) + 1) * this.#perChunk;
    const wanted = Math.min(last + 1, chunkEnd) - block;
    const { view, from, length } = await this.#tables.at(
      this.#batOffset + this.#entryOf(block) * 8,
      wanted * 8,
    );
    const { state, at } = entryAt(view, from);
    const skip = offset - block * blockBytes;
    const inBlock = Math.min(end - offset, blockBytes - skip);
    if (state === states.present || state === states.partly) {
      if (at === 0) throw wrongEntry(block, state, at);
      assertStored(at + skip, inBlock, this.#containerBytes);
      if (state === states.present) return { kind: "stored", length: inBlock, at: at + skip };
      if (!this.#differencing) throw wrongEntry(block, state, at);
      return this.#bySectors(block, at, skip, inBlock);
    }
    let same = 1;
    while (same < wanted && (same + 1) * 8 <= length && entryAt(view, from + same * 8).state === state)
      same++;
    return { kind: this.#kindOf(state, block), length: Math.min(end, (block + same) * blockBytes) - offset };
  }

  #kindOf(state: number, block: number): "hole" | "zero" | "parent" {
    switch (state) {
      case states.absent:
        return this.#differencing ? "parent" : "hole";
      case states.zero:
        return "zero";
      // Their content is not defined, and the parent must not be looked at.
      case states.undefined:
      case states.unmapped:
        return "hole";
      default:
        throw wrongEntry(block, state, 0);
    }
  }

  /** The run of sectors that are all here or all in the parent; the first bit of a bitmap is its first byte's lowest. */
  async #bySectors(block: number, at: number, skip: number, inBlock: number): Promise<Piece> {
    const chunk = Math.floor(block / this.#perChunk);
    const place = this.#batOffset + (chunk * (this.#perChunk + 1) + this.#perChunk) * 8;
    const entry = await this.#tables.at(place, 8);
    const bitmap = entryAt(entry.view, entry.from);
    if (bitmap.state !== states.present || bitmap.at === 0) {
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading a VHDX image whose block ${block} is partly present and has no sector bitmap`,
        { details: { block, chunk } },
      );
    }
    assertStored(bitmap.at, MiB, this.#containerBytes);
    const blockSector = (block % this.#perChunk) * (this.#blockBytes / this.#sectorBytes);
    const first = blockSector + Math.floor(skip / this.#sectorBytes);
    const last = blockSector + Math.floor((skip + inBlock - 1) / this.#sectorBytes);
    const firstByte = first >>> 3;
    const slice = await this.#tables.at(bitmap.at + firstByte, (last >>> 3) - firstByte + 1);
    const run = bitRun(slice, first & 7, last - firstByte * 8, "lowest-first");
    const runEnd = (firstByte * 8 + run.end - blockSector) * this.#sectorBytes;
    const length = Math.min(inBlock, runEnd - skip);
    return run.set ? { kind: "stored", length, at: at + skip } : { kind: "parent", length };
  }

  /** Bitmap entries stand between those of the blocks. */
  #entryOf(block: number): number {
    return block + Math.floor(block / this.#perChunk);
  }
}

function wrongEntry(block: number, state: number, at: number): SampanError {
  return new SampanError(
    "IMAGE_CORRUPT",
    `reading a VHDX image whose block ${block} has the state ${state} and the place ${at}`,
    { details: { block, state, offset: at } },
  );
}
