import {
  assertRangeWithin,
  type ByteRange,
  KiB,
  rangeEnd,
  roundUp,
  SampanError,
  throwIfCancelled,
} from "@sampan/core";
import type { BlockSource, BlockSourceFeatures } from "../block-source.ts";
import type { Extent } from "../extent.ts";
import { runTasks, type Task } from "../io/parallel.ts";
import type { TablePages, TableSlice } from "./table-pages.ts";

/** The tables of one file, as {@link TablePages} shows them. */
export interface TableView {
  at(at: number, length: number): Promise<TableSlice>;
}

interface Placed {
  readonly base: number;
  readonly file: BlockSource;
}

/**
 * The files of a disk, one behind the other, as one container: so that a disk of a thousand parts has one cache for tables and
 * one for unpacked grains. Each file begins at a multiple of 64 KiB; what lies between reads as zero.
 *
 * Closing it closes every file once.
 */
export class PartSpace implements BlockSource {
  readonly #parts: Placed[] = [];
  readonly #bases = new Map<BlockSource, number>();
  #end = 0;

  get features(): BlockSourceFeatures {
    return { extents: "none", stable: this.#parts.every(({ file }) => file.features.stable) };
  }

  get sizeBytes(): number {
    return this.#end;
  }

  /** Puts a file behind the others and says where it begins; a file that is there already keeps its place. */
  place(file: BlockSource): number {
    const known = this.#bases.get(file);
    if (known !== undefined) return known;
    const base = roundUp(this.#end, 64 * KiB);
    this.#parts.push({ base, file });
    this.#bases.set(file, base);
    this.#end = base + file.sizeBytes;
    if (!Number.isSafeInteger(this.#end)) {
      throw new SampanError("IMAGE_CORRUPT", "reading a VMDK whose parts are together larger than any disk");
    }
    return base;
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    let at = range.offset;
    for (let index = this.#indexAt(at); at < rangeEnd(range); index++) {
      const part = this.#parts[index] as Placed;
      const next = this.#parts[index + 1]?.base ?? this.#end;
      const offset = at - part.base;
      const length = Math.max(0, Math.min(part.file.sizeBytes - offset, rangeEnd(range) - at));
      const start = at - range.offset;
      if (length > 0) {
        const piece = into.subarray(start, start + length);
        tasks.push(() => part.file.read({ offset, length }, piece, signal));
      }
      const until = Math.min(next, rangeEnd(range));
      into.fill(0, start + length, until - range.offset);
      at = until;
    }
    await runTasks(tasks);
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    throwIfCancelled(signal);
    if (range.length > 0) yield { ...range, kind: "data" };
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled(this.#parts.map(({ file }) => file.close()));
    const failed = closed.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** The last part that begins at or before a place. */
  #indexAt(at: number): number {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#parts[middle] as Placed).base <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The tables of the file that begins at `base` of a space. */
export function tablesFrom(pages: TablePages, base: number): TableView {
  return base === 0 ? pages : { at: (at, length) => pages.at(base + at, length) };
}
