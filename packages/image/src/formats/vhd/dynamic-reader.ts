import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { bitRun } from "../../chain/bit-run.ts";
import { openParent } from "../../chain/open-parent.ts";
import type { DiskImage, DiskImageInfo } from "../../disk-image.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { OpenContext } from "../format.ts";
import { assertStored, MappedSource, type Mapping, type Piece } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { assertTable, TablePages } from "../table-pages.ts";
import { assertApart, maximumCheckedEntries } from "../unit-places.ts";
import {
  absentEntry,
  checksumOf,
  diskTypes,
  dynamicHeaderBytes,
  dynamicHeaderCookie,
  type Footer,
  hex,
} from "./footer.ts";
import { parentNames } from "./parent-locators.ts";

/** A dynamic or differencing disk, its parent open. */
export interface OpenedDynamic {
  readonly source: BlockSource;
  readonly blockBytes: number;
  readonly parent?: DiskImageInfo;
}

/** Reads the header of a dynamic or differencing disk, opens its parent if it has one, and makes its source. */
export async function openDynamic(
  container: BlockSource,
  footer: Footer,
  sizeBytes: number,
  context: OpenContext,
): Promise<OpenedDynamic> {
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
  if (needed > maximumCheckedEntries) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its size needs a table of ${needed} entries`,
      {
        hint: "A VHD of 2,040 GiB in blocks of 512 KiB has fewer. The file is damaged, or no VHD.",
        details: { needed, sizeBytes, blockBytes },
      },
    );
  }
  assertTable("the block allocation table", tableOffset, needed * 4, container.sizeBytes);
  if (tableOffset % 4 !== 0) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its block allocation table stands at ${tableOffset}, which is not aligned`,
      { details: { tableOffset } },
    );
  }
  await assertBlocksApart(container, tableOffset, needed, blockBytes, context.signal);
  const differencing = footer.diskType === diskTypes.differencing;
  const mapping = new DynamicMapping(
    container,
    { sizeBytes, tableOffset, blockBytes, differencing },
    context.depth,
  );
  if (!differencing) {
    return { source: new MappedSource(container, mapping, { depth: context.depth }), blockBytes };
  }
  const parent = await openVhdParent(container, header, context);
  const source = new MappedSource(container, mapping, {
    depth: context.depth,
    ...(parent && { parent: parent.source }),
  });
  return { source, blockBytes, ...(parent && { parent: parent.info }) };
}

/** Opens the parent the header names and makes sure that it is the one the disk was made on. */
async function openVhdParent(
  container: BlockSource,
  header: Uint8Array,
  context: OpenContext,
): Promise<DiskImage | undefined> {
  const names = await parentNames(container, header, context.signal);
  const parent = await openParent(context, names, { format: "vhd", byBaseName: true });
  if (!parent) return undefined;
  const wanted = Buffer.from(header.subarray(40, 56)).toString("hex");
  const found = parent.info.details.uniqueId;
  if (found === wanted) return parent;
  await parent.source.close();
  throw new SampanError(
    "IMAGE_PARENT_MISMATCH",
    `opening ${context.path}: its parent's unique id is ${wanted}, that of ${parent.path} is ${String(found)}`,
    { details: { path: context.path, parent: parent.path, wanted, found: found ?? null } },
  );
}

async function assertBlocksApart(
  container: BlockSource,
  tableOffset: number,
  entries: number,
  blockBytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const what = "the block allocation table";
  const view = viewOf(await readBytes(container, tableOffset, entries * 4, what, signal));
  const table = Uint32Array.from({ length: entries }, (_, index) => view.getUint32(index * 4));
  assertApart(
    table.filter((entry) => entry !== absentEntry),
    (blockBytes + bitmapBytesOf(blockBytes)) / 512,
    what,
  );
}

/** The bitmap before each block: one bit a sector, in whole sectors. */
function bitmapBytesOf(blockBytes: number): number {
  return Math.ceil(blockBytes / 512 / 8 / 512) * 512;
}

interface DynamicLayout {
  readonly sizeBytes: number;
  readonly tableOffset: number;
  readonly blockBytes: number;
  readonly differencing: boolean;
}

/**
 * Where the bytes of a dynamic or differencing disk are.
 *
 * In a dynamic disk a present block is data as a whole, as QEMU reads it: sectors whose bit in the block's bitmap is clear were
 * never written and hold zeros in files of every writer known. In a differencing disk a clear bit, as an absent block, stands for
 * the parent's sector.
 */
class DynamicMapping implements Mapping {
  readonly sizeBytes: number;
  readonly #containerBytes: number;
  readonly #tables: TablePages;
  readonly #layout: DynamicLayout;
  readonly #bitmapBytes: number;

  constructor(container: BlockSource, layout: DynamicLayout, depth: number) {
    this.sizeBytes = layout.sizeBytes;
    this.#containerBytes = container.sizeBytes;
    this.#tables = new TablePages(container, depth);
    this.#layout = layout;
    this.#bitmapBytes = bitmapBytesOf(layout.blockBytes);
  }

  async locate(offset: number, end: number): Promise<Piece> {
    const { blockBytes, tableOffset, differencing } = this.#layout;
    const block = Math.floor(offset / blockBytes);
    const last = Math.floor((end - 1) / blockBytes);
    const { view, from, length } = await this.#tables.at(tableOffset + block * 4, (last - block + 1) * 4);
    const entry = view.getUint32(from);
    if (entry !== absentEntry) {
      const skip = offset - block * blockBytes;
      const wanted = Math.min(end - offset, blockBytes - skip);
      assertStored(entry * 512, this.#bitmapBytes + skip + wanted, this.#containerBytes);
      const at = entry * 512 + this.#bitmapBytes + skip;
      if (differencing) return this.#bySectors(entry * 512, at, skip, wanted);
      return { kind: "stored", length: wanted, at };
    }
    let absent = 1;
    while ((absent + 1) * 4 <= length && view.getUint32(from + absent * 4) === absentEntry) absent++;
    const run = Math.min(end, (block + absent) * blockBytes) - offset;
    return { kind: differencing ? "parent" : "hole", length: run };
  }

  /** The run of sectors that are all here or all in the parent. The bitmap's first bit is its first byte's highest. */
  async #bySectors(bitmapAt: number, at: number, skip: number, wanted: number): Promise<Piece> {
    const first = Math.floor(skip / 512);
    const last = Math.floor((skip + wanted - 1) / 512);
    const firstByte = first >>> 3;
    const slice = await this.#tables.at(bitmapAt + firstByte, (last >>> 3) - firstByte + 1);
    const present = bitRun(slice, first & 7, last - firstByte * 8, "highest-first");
    const length = Math.min(wanted, (firstByte * 8 + present.end) * 512 - skip);
    return present.set ? { kind: "stored", length, at } : { kind: "parent", length };
  }
}
