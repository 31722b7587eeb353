import {
  assertRangeWithin,
  type ByteRange,
  rangeEnd,
  roundDown,
  roundUp,
  throwIfCancelled,
} from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import type { Extent } from "../extent.ts";
import { joinExtents } from "../io/join-extents.ts";
import { runTasks, type Task } from "../io/parallel.ts";

/** Bytes of one copy-on-write block. */
export const overlayBlockBytes = 4096;

/** Blocks that replace those of a base, by block number. The last block of a disk may be shorter. */
export type DirtyBlocks = ReadonlyMap<number, Uint8Array>;

/** A source that reads changed blocks from memory and everything else from its base. */
export class OverlaidSource implements BlockSource {
  readonly sizeBytes: number;
  readonly features;
  protected readonly base: BlockSource;
  protected readonly blocks: DirtyBlocks;

  constructor(base: BlockSource, blocks: DirtyBlocks) {
    this.base = base;
    this.blocks = blocks;
    this.sizeBytes = base.sizeBytes;
    this.features = base.features;
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    for (const run of this.runs(range)) {
      const part = into.subarray(run.offset - range.offset, rangeEnd(run) - range.offset);
      if (run.dirty) this.#copyBlocks(run.offset, part);
      else tasks.push(() => this.base.read({ offset: run.offset, length: run.length }, part, signal));
    }
    await runTasks(tasks);
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    throwIfCancelled(signal);
    yield* joinExtents(this.#listed(range, signal));
  }

  close(): Promise<void> {
    return this.base.close();
  }

  async *#listed(range: ByteRange, signal: AbortSignal | undefined): AsyncGenerator<Extent> {
    for (const run of this.runs(range)) {
      const part = { offset: run.offset, length: run.length };
      if (run.dirty) yield { ...part, kind: "data" };
      else yield* this.base.extents(part, signal);
    }
  }

  #copyBlocks(offset: number, into: Uint8Array): void {
    for (let position = offset; position < offset + into.length; ) {
      const start = roundDown(position, overlayBlockBytes);
      const block = this.blocks.get(start / overlayBlockBytes) as Uint8Array;
      const stop = Math.min(start + block.length, offset + into.length);
      into.set(block.subarray(position - start, stop - start), position - offset);
      position = stop;
    }
  }

  /** Cuts a range into runs that lie wholly in changed blocks or wholly outside them. */
  protected *runs(range: ByteRange): Generator<ByteRange & { readonly dirty: boolean }> {
    const end = rangeEnd(range);
    const first = Math.floor(range.offset / overlayBlockBytes);
    const last = roundUp(end, overlayBlockBytes) / overlayBlockBytes;
    // Whichever is fewer is walked: the blocks of the range or the changed blocks.
    const dirty =
      last - first <= this.blocks.size
        ? countUp(first, last)
        : [...this.blocks.keys()].filter((block) => block >= first && block < last).sort((a, b) => a - b);
    let position = range.offset;
    let start = range.offset;
    for (const block of dirty) {
      if (!this.blocks.has(block)) continue;
      const from = Math.max(range.offset, block * overlayBlockBytes);
      const to = Math.min(end, (block + 1) * overlayBlockBytes);
      if (from > position) {
        if (position > start) yield { offset: start, length: position - start, dirty: true };
        yield { offset: position, length: from - position, dirty: false };
        start = from;
      }
      position = to;
    }
    if (position > start) yield { offset: start, length: position - start, dirty: true };
    if (end > position) yield { offset: position, length: end - position, dirty: false };
  }
}

function* countUp(first: number, end: number): Generator<number> {
  for (let value = first; value < end; value++) yield value;
}
