import type { ByteRange } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";

/** What is to go wrong. `count` numbers the reads from 1. */
export interface FaultPlan {
  /** Called before each read; what it throws is the read's failure, and what it awaits delays it. */
  readonly beforeRead?: (range: ByteRange, count: number) => void | Promise<void>;
  /** Called after each read with the bytes, which it may spoil. */
  readonly afterRead?: (range: ByteRange, bytes: Uint8Array, count: number) => void | Promise<void>;
  /** Called before extents are listed. */
  readonly beforeExtents?: (range: ByteRange, count: number) => void | Promise<void>;
}

/** Makes a source fail, stall or lie, for tests. Closing it closes the source. */
export function withFault(source: BlockSource, plan: FaultPlan): BlockSource {
  let reads = 0;
  let listings = 0;
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    async read(range, into, signal) {
      const count = ++reads;
      await plan.beforeRead?.(range, count);
      await source.read(range, into, signal);
      await plan.afterRead?.(range, into, count);
    },
    async *extents(range: ByteRange = { offset: 0, length: source.sizeBytes }, signal?: AbortSignal) {
      await plan.beforeExtents?.(range, ++listings);
      yield* source.extents(range, signal);
    },
    close: () => source.close(),
  };
}
