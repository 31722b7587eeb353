import { assertRangeWithin, KiB, MiB, rangeEnd, roundDown, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { AsyncLru } from "../io/async-lru.ts";
import { runTasks, type Task } from "../io/parallel.ts";

/** Options of {@link withCache}. */
export interface CacheOptions {
  /** Bytes read and kept at a time, on multiples of itself. Default 64 KiB. */
  readonly blockBytes?: number;
  /** Bytes kept in all. Default 16 MiB. */
  readonly maximumBytes?: number;
}

/**
 * Keeps what was read last in memory, for many small reads near each other such as those of a file-system reader.
 *
 * Whole blocks are read; two readers of one missing block wait for one read. Reads of 16 blocks or more go past the cache, so
 * that copying a disk does not empty it. Only right over a source that is stable. Closing it closes the source.
 */
export function withCache(source: BlockSource, options: CacheOptions = {}): BlockSource {
  const { blockBytes = 64 * KiB, maximumBytes = 16 * MiB } = options;
  const blocks = new AsyncLru<Uint8Array>(maximumBytes, (block) => block.length);
  const load = (offset: number) => async () => {
    const block = new Uint8Array(Math.min(blockBytes, source.sizeBytes - offset));
    await source.read({ offset, length: block.length }, block);
    return block;
  };
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    async read(range, into, signal) {
      assertRangeWithin(range, source.sizeBytes, into.length);
      throwIfCancelled(signal);
      if (range.length >= 16 * blockBytes) return source.read(range, into, signal);
      const tasks: Task[] = [];
      for (let at = roundDown(range.offset, blockBytes); at < rangeEnd(range); at += blockBytes) {
        const offset = at;
        const copy = (block: Uint8Array) => {
          const from = Math.max(offset, range.offset);
          const to = Math.min(offset + block.length, rangeEnd(range));
          into.set(block.subarray(from - offset, to - offset), from - range.offset);
        };
        const known = blocks.peek(offset);
        if (known) copy(known);
        else tasks.push(async () => copy(await blocks.get(offset, load(offset))));
      }
      await runTasks(tasks);
      throwIfCancelled(signal);
    },
    extents: (range, signal) => source.extents(range, signal),
    async close() {
      blocks.clear();
      await source.close();
    },
  };
}
