import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { OpenContext } from "../format.ts";
import { assertStored, MappedSource, type Mapping, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
import {
  absentEntry,
  checksumOf,
  dynamicHeaderBytes,
  dynamicHeaderCookie,
  type Footer,
  hex,
} from "./footer.ts";

/** Reads the header of a dynamic disk and makes its source. */
export async function openDynamic(
  container: BlockSource,
  footer: Footer,
  sizeBytes: number,
  context: OpenContext,
): Promise<{ readonly source: BlockSource; readonly blockBytes: number }> {
  const headerOffset = safeInteger(footer.dataOffset, "the offset of the dynamic VHD header");
  const header = await readBytes(
    container,
    headerOffset,
    dynamicHeaderBytes,
    "the dynamic VHD header",
    context.signal,
  );
  const view = viewOf(header);
  if (textAt(header, 0, 8) !== dynamicHeaderCookie) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: no dynamic VHD header stands at ${headerOffset}`,
    );
  }
  const stored = view.getUint32(36);
  const computed = checksumOf(header, 36);
  if (stored !== computed) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: the checksum of its dynamic header is ${hex(stored)} and should be ${hex(computed)}`,
      { details: { stored, computed } },
    );
  }
  const tableOffset = safeInteger(view.getBigUint64(16), "the offset of the block allocation table");
  const entries = view.getUint32(28);
  const blockBytes = view.getUint32(32);
  if (blockBytes < 4 * KiB || blockBytes > 256 * MiB || (blockBytes & (blockBytes - 1)) !== 0) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its VHD blocks have ${blockBytes} bytes`,
      {
        details: { blockBytes },
      },
    );
  }
  const needed = Math.ceil(sizeBytes / blockBytes);
  if (entries < needed) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its table has ${entries} entries and its size needs ${needed}`,
      { details: { entries, needed, sizeBytes, blockBytes } },
    );
  }
  assertTable("the block allocation table", tableOffset, needed * 4, container.sizeBytes);
  return {
    source: new MappedSource(container, new DynamicMapping(container, sizeBytes, tableOffset, blockBytes)),
    blockBytes,
  };
}

/**
 * Where the bytes of a dynamic disk are.
 *
 * A present block is data as a whole, as QEMU reads it: sectors whose bit in the block's bitmap is clear were never written and
 * hold zeros in files of every writer known.
 */
class DynamicMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TablePages;
  readonly #tableOffset: number;
  readonly #blockBytes: number;
  readonly #bitmapBytes: number;

  constructor(container: BlockSource, sizeBytes: number, tableOffset: number, blockBytes: number) {
    this.sizeBytes = sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#tables = new TablePages(container);
    this.#tableOffset = tableOffset;
    this.#blockBytes = blockBytes;
    this.#bitmapBytes = Math.ceil(blockBytes / 512 / 8 / 512) * 512;
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const block = Math.floor(offset / this.#blockBytes);
    const last = Math.floor((end - 1) / this.#blockBytes);
    const { view, from, length } = await this.#tables.at(
      this.#tableOffset + block * 4,
      (last - block + 1) * 4,
    );
    if (length < 4) {
      // An entry across two pages: only in a table that is not aligned, which no writer makes.
      throw new SampanError(
        "IMAGE_CORRUPT",
        `reading the block allocation table at ${this.#tableOffset}, which is not aligned`,
      );
    }
    const entry = view.getUint32(from);
    if (entry !== absentEntry) {
      const skip = offset - block * this.#blockBytes;
      const stored = Math.min(end - offset, this.#blockBytes - skip);
      const at = entry * 512 + this.#bitmapBytes + skip;
      assertStored(at, stored, this.#containerBytes);
      return { kind: "stored", length: stored, at };
    }
    let absent = 1;
    while ((absent + 1) * 4 <= length && view.getUint32(from + absent * 4) === absentEntry) absent++;
    return { kind: "hole", length: Math.min(end, (block + absent) * this.#blockBytes) - offset };
  }
}
