import { assertRangeWithin, type ByteRange, rangeEnd, throwIfCancelled } from "@sampan/core";
import type { AllocationMap } from "../../allocation-map.ts";
import type { BlockSource } from "../../block-source.ts";
import { isDirect, markDirect } from "../../copy/deferred-reads.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import { latin1, viewOf } from "../../io/buffers.ts";
import { planMappedRead } from "../../io/mapped-read.ts";
import { runTasks, type Task } from "../../io/parallel.ts";
import { PresentUnits } from "../present-units.ts";

/* Layout: QEMU, docs/interop/qcow2.txt. All numbers big-endian. */

const headerLength = 104;
/** Set on entries whose cluster is referred to once, as all of these are. */
const copiedHighBit = 0x80000000;

/** One part of the file that is made of numbers: `entryBytes` each, computed from their index. */
interface Table {
  readonly offset: number;
  readonly length: number;
  readonly entryBytes: 2 | 8;
  /** Writes the entries `[first, first + count)` into a zeroed view. */
  fill(view: DataView, first: number, count: number): void;
}

/** A QCOW2 image of version 3 with plain clusters; every part's place follows from a few counts. */
export class PlainQcow2 implements EncodedImage {
  readonly format = "qcow2";
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
  readonly dataBytes: number;
  readonly #source: BlockSource;
  readonly #map: AllocationMap;
  readonly #clusterBytes: number;
  readonly #header: Uint8Array;
  readonly #tables: readonly Table[];
  readonly #clusters: PresentUnits;
  readonly #dataOffset: number;

  constructor(source: BlockSource, map: AllocationMap, virtualSizeBytes: number, clusterBytes: number) {
    const perTable = clusterBytes / 8;
    const perCountBlock = clusterBytes / 2;
    const clusters = new PresentUnits(map, clusterBytes);
    const secondLevel = new PresentUnits(map, clusterBytes * perTable);
    const topEntries = Math.ceil(virtualSizeBytes / (clusterBytes * perTable));
    const topClusters = Math.ceil((topEntries * 8) / clusterBytes);
    const others = 1 + topClusters + secondLevel.count + clusters.count;
    // Reference counts count themselves too: grow their number until it suffices.
    let countBlocks = 1;
    let countTableClusters = 1;
    for (;;) {
      const total = others + countBlocks + countTableClusters;
      const blocks = Math.ceil(total / perCountBlock);
      const tableClusters = Math.ceil((blocks * 8) / clusterBytes);
      if (blocks <= countBlocks && tableClusters <= countTableClusters) break;
      countBlocks = Math.max(countBlocks, blocks);
      countTableClusters = Math.max(countTableClusters, tableClusters);
    }
    const totalClusters = others + countBlocks + countTableClusters;
    const countTableOffset = clusterBytes;
    const countsOffset = countTableOffset + countTableClusters * clusterBytes;
    const topOffset = countsOffset + countBlocks * clusterBytes;
    const secondOffset = topOffset + topClusters * clusterBytes;
    const dataOffset = secondOffset + secondLevel.count * clusterBytes;

    this.virtualSizeBytes = virtualSizeBytes;
    this.sizeBytes = totalClusters * clusterBytes;
    this.dataBytes = map.dataBytes;
    this.#source = source;
    if (isDirect(source)) markDirect(this);
    this.#map = map;
    this.#clusterBytes = clusterBytes;
    this.#clusters = clusters;
    this.#dataOffset = dataOffset;
    this.#header = makeHeader({
      virtualSizeBytes,
      clusterBytes,
      topEntries,
      topOffset,
      countTableOffset,
      countTableClusters,
    });
    this.#tables = [
      {
        offset: countTableOffset,
        length: countTableClusters * clusterBytes,
        entryBytes: 8,
        fill(view, first, count) {
          for (let index = first; index < Math.min(first + count, countBlocks); index++) {
            setOffset(view, (index - first) * 8, countsOffset + index * clusterBytes, 0);
          }
        },
      },
      {
        offset: countsOffset,
        length: countBlocks * clusterBytes,
        entryBytes: 2,
        fill(view, first, count) {
          for (let index = first; index < Math.min(first + count, totalClusters); index++) {
            view.setUint16((index - first) * 2, 1);
          }
        },
      },
      {
        offset: topOffset,
        length: topClusters * clusterBytes,
        entryBytes: 8,
        fill: (view, first, count) =>
          fillRuns(view, secondLevel, first, 0, count, secondOffset, clusterBytes),
      },
      {
        offset: secondOffset,
        length: secondLevel.count * clusterBytes,
        entryBytes: 8,
        fill(view, first, count) {
          for (let index = first; index < first + count; ) {
            const rank = Math.floor(index / perTable);
            const stop = Math.min(first + count, (rank + 1) * perTable);
            const cluster = secondLevel.unitAt(rank) * perTable + (index - rank * perTable);
            fillRuns(view, clusters, cluster, index - first, stop - index, dataOffset, clusterBytes);
            index = stop;
          }
        },
      },
    ];
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const end = rangeEnd(range);
    if (range.offset < this.#dataOffset) this.#readHead(range, into);
    const tasks: Task[] = [];
    let position = Math.max(range.offset, this.#dataOffset);
    while (position < end) {
      // Clusters that follow each other on the disk follow each other here too: one run, one read.
      const rank = Math.floor((position - this.#dataOffset) / this.#clusterBytes);
      const { first, following } = this.#clusters.runAt(rank);
      const skip = position - this.#dataOffset - rank * this.#clusterBytes;
      const length = Math.min(end - position, following * this.#clusterBytes - skip);
      const part = into.subarray(position - range.offset, position - range.offset + length);
      const disk = { offset: first * this.#clusterBytes + skip, length };
      planMappedRead(tasks, this.#source, this.#map, disk, part, signal);
      position += length;
    }
    await runTasks(tasks);
  }

  #readHead(range: ByteRange, into: Uint8Array): void {
    const end = Math.min(rangeEnd(range), this.#dataOffset);
    into.fill(0, 0, end - range.offset);
    if (range.offset < this.#header.length) {
      into.set(this.#header.subarray(range.offset, Math.min(end, this.#header.length)), 0);
    }
    for (const table of this.#tables) {
      const from = Math.max(range.offset, table.offset);
      const to = Math.min(end, table.offset + table.length);
      if (to <= from) continue;
      // Whole entries are computed and cut to what is wanted.
      const first = Math.floor((from - table.offset) / table.entryBytes);
      const last = Math.ceil((to - table.offset) / table.entryBytes);
      const entries = new Uint8Array((last - first) * table.entryBytes);
      table.fill(viewOf(entries), first, last - first);
      const start = table.offset + first * table.entryBytes;
      into.set(entries.subarray(from - start, to - start), from - range.offset);
    }
  }
}

/** Writes the places of the present units among `count` units from `first` on, the first at entry `entry` of the view. */
function fillRuns(
  view: DataView,
  units: PresentUnits,
  first: number,
  entry: number,
  count: number,
  offset: number,
  unitBytes: number,
): void {
  units.forEachWithin(first, count, (from, length, rank) => {
    for (let index = 0; index < length; index++) {
      setOffset(view, (entry + from - first + index) * 8, offset + (rank + index) * unitBytes, copiedHighBit);
    }
  });
}

function setOffset(view: DataView, at: number, offset: number, highBits: number): void {
  view.setUint32(at, (Math.floor(offset / 2 ** 32) | highBits) >>> 0);
  view.setUint32(at + 4, offset % 2 ** 32);
}

interface HeaderInput {
  readonly virtualSizeBytes: number;
  readonly clusterBytes: number;
  readonly topEntries: number;
  readonly topOffset: number;
  readonly countTableOffset: number;
  readonly countTableClusters: number;
}

function makeHeader(input: HeaderInput): Uint8Array {
  const bytes = new Uint8Array(headerLength + 8); // the eight bytes of the extension that ends the list
  const view = viewOf(bytes);
  bytes.set(latin1("QFI\xfb"), 0);
  view.setUint32(4, 3);
  view.setUint32(20, Math.log2(input.clusterBytes));
  view.setBigUint64(24, BigInt(input.virtualSizeBytes));
  view.setUint32(36, input.topEntries);
  view.setBigUint64(40, BigInt(input.topOffset));
  view.setBigUint64(48, BigInt(input.countTableOffset));
  view.setUint32(56, input.countTableClusters);
  view.setUint32(96, 4); // reference counts of 2^4 bits
  view.setUint32(100, headerLength);
  return bytes;
}
