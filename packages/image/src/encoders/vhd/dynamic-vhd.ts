import {
  assertRangeWithin,
  type ByteRange,
  intersectRanges,
  MiB,
  rangeEnd,
  roundUp,
  throwIfCancelled,
} from "@sampan/core";
import type { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import { isDirect, markDirect } from "../../copy/deferred-reads.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import type { Extent } from "../../extent.ts";
import {
  dynamicHeaderBytes,
  type FooterInput,
  footerBytes,
  makeDynamicHeader,
  makeFooter,
} from "../../formats/vhd/footer.ts";
import { copyShared, viewOf } from "../../io/buffers.ts";
import { planMappedRead } from "../../io/mapped-read.ts";
import { runTasks, type Task } from "../../io/parallel.ts";
import { OrderedUnits, type UnitOrder } from "../ordered-units.ts";

const blockBytes = 2 * MiB;
/** One bit a sector of the block, which is exactly one sector. */
const bitmapBytes = blockBytes / 512 / 8;
const storedBlockBytes = bitmapBytes + blockBytes;
const tableOffset = footerBytes + dynamicHeaderBytes;

/**
 * A dynamic VHD: footer copy, header and block allocation table, then the present blocks in ascending order or, where an
 * earlier image is followed, in its order with new ones behind, each behind its sector bitmap, then the footer.
 *
 * Everything before the blocks is kept (at most 4 MiB at 2,040 GiB). Behind it all stored blocks have one size, so the place
 * of any byte is a division away.
 */
export class DynamicVhd implements EncodedImage {
  readonly format = "vhd";
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
  readonly dataBytes: number;
  readonly seams: { readonly firstBytes: number; readonly everyBytes: number };
  readonly #source: BlockSource;
  readonly #map: AllocationMap;
  readonly #blocks: OrderedUnits;
  readonly #head: Uint8Array;
  readonly #footer: Uint8Array;

  constructor(source: BlockSource, map: AllocationMap, footer: FooterInput, before: UnitOrder = []) {
    this.virtualSizeBytes = footer.sizeBytes;
    this.dataBytes = map.dataBytes;
    this.#source = source;
    if (isDirect(source)) markDirect(this);
    this.#map = map;
    this.#blocks = new OrderedUnits(map, blockBytes, before);
    this.#footer = makeFooter(footer);
    this.#head = makeHead(this.#footer, this.#blocks, Math.ceil(footer.sizeBytes / blockBytes));
    this.seams = { firstBytes: this.#head.length, everyBytes: storedBlockBytes };
    this.sizeBytes = this.#head.length + this.#blocks.count * storedBlockBytes + footerBytes;
  }

  get order(): UnitOrder {
    return this.#blocks.order;
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    copyShared(this.#head, 0, range.offset, into);
    const blocksEnd = this.sizeBytes - footerBytes;
    copyShared(this.#footer, blocksEnd, range.offset, into);
    const end = Math.min(rangeEnd(range), blocksEnd);
    let position = Math.max(range.offset, this.#head.length);
    while (position < end) {
      const rank = Math.floor((position - this.#head.length) / storedBlockBytes);
      const blockStart = this.#head.length + rank * storedBlockBytes;
      const dataStart = blockStart + bitmapBytes;
      const stop = Math.min(end, blockStart + storedBlockBytes);
      if (position < dataStart) {
        const to = Math.min(stop, dataStart);
        // Every sector of a present block counts as written: readers differ in what they do with clear bits.
        into.fill(0xff, position - range.offset, to - range.offset);
        position = to;
      }
      if (position < stop) {
        const disk = {
          offset: this.#blocks.unitAt(rank) * blockBytes + (position - dataStart),
          length: stop - position,
        };
        const part = into.subarray(position - range.offset, stop - range.offset);
        planMappedRead(tasks, this.#source, this.#map, disk, part, signal);
        position = stop;
      }
    }
    await runTasks(tasks);
  }

  *extents(range: ByteRange = { offset: 0, length: this.sizeBytes }): Generator<Extent> {
    const end = Math.min(rangeEnd(range), this.sizeBytes);
    let dataFrom = range.offset;
    // Data is joined until a hole comes, which begins and ends as the map says.
    for (const hole of this.#holes({ offset: range.offset, length: end - range.offset })) {
      if (hole.offset > dataFrom) yield { offset: dataFrom, length: hole.offset - dataFrom, kind: "data" };
      yield { offset: hole.offset, length: hole.length, kind: "hole" };
      dataFrom = rangeEnd(hole);
    }
    if (end > dataFrom) yield { offset: dataFrom, length: end - dataFrom, kind: "data" };
  }

  /** The parts of present blocks in which the map has no data. */
  *#holes(range: ByteRange): Generator<ByteRange> {
    const head = this.#head.length;
    const firstRank = Math.max(0, Math.floor((range.offset - head) / storedBlockBytes));
    for (let rank = firstRank; rank < this.#blocks.count; rank++) {
      const dataStart = head + rank * storedBlockBytes + bitmapBytes;
      if (dataStart >= rangeEnd(range)) return;
      const diskStart = this.#blocks.unitAt(rank) * blockBytes;
      let position = diskStart;
      const block = { offset: diskStart, length: blockBytes };
      for (const extent of [...this.#map.within(block), endOf(block)]) {
        if (extent.kind !== "data") continue;
        if (extent.offset > position) {
          const hole = intersectRanges(
            { offset: dataStart + position - diskStart, length: extent.offset - position },
            range,
          );
          if (hole) yield hole;
        }
        position = rangeEnd(extent);
      }
    }
  }
}

/** An empty extent behind a block, so that the hole before it is seen. */
function endOf(block: ByteRange): Extent {
  return { offset: rangeEnd(block), length: 0, kind: "data" };
}

function makeHead(footer: Uint8Array, blocks: OrderedUnits, entries: number): Uint8Array {
  const head = new Uint8Array(roundUp(tableOffset + entries * 4, 512));
  head.set(footer, 0);
  head.set(makeDynamicHeader(tableOffset, entries, blockBytes), footerBytes);
  head.fill(0xff, tableOffset);
  const view = viewOf(head);
  for (const run of blocks.runs) {
    for (let index = 0; index < run.count; index++) {
      const offset = head.length + (run.rank + index) * storedBlockBytes;
      view.setUint32(tableOffset + (run.first + index) * 4, offset / 512);
    }
  }
  return head;
}
