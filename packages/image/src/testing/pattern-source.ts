import { assertRangeWithin, type ByteRange, rangeEnd, throwIfCancelled } from "@sampan/core";
import { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";

/** A block source of any size that takes no memory, and remembers what was read from it. */
export interface PatternSource extends BlockSource {
  readonly map: AllocationMap;
  /** Every range read so far, in the order the reads began. */
  readonly reads: readonly ByteRange[];
}

/**
 * Makes a disk whose data bytes are a fixed function of seed and offset, and are never zero; bytes that the map does not call
 * data are zero. Two sources of one seed agree wherever both have data.
 *
 * @param map defaults to all data.
 */
export function patternSource(sizeBytes: number, map?: AllocationMap, seed = 1): PatternSource {
  const known = map ?? AllocationMap.whole(sizeBytes, "data");
  const reads: ByteRange[] = [];
  return {
    sizeBytes,
    features: { extents: "exact", stable: true },
    map: known,
    reads,
    async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes, into.length);
      throwIfCancelled(signal);
      reads.push({ offset: range.offset, length: range.length });
      // A turn of the event loop, so that parallel reads really interleave.
      await new Promise((resolve) => setImmediate(resolve));
      for (const extent of known.within(range)) {
        const part = into.subarray(extent.offset - range.offset, rangeEnd(extent) - range.offset);
        if (extent.kind === "data") fillPattern(part, extent.offset, seed);
        else part.fill(0);
      }
    },
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      throwIfCancelled(signal);
      yield* known.within(range);
    },
    async close() {},
  };
}

function fillPattern(into: Uint8Array, offset: number, seed: number): void {
  for (let index = 0; index < into.length; index++) {
    const position = offset + index;
    // Low and high halves apart: positions exceed 32 bits.
    let mixed =
      Math.imul(position % 0x1000000, 0x9e3779b1) ^
      Math.imul(Math.floor(position / 0x1000000) + seed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    into[index] = 1 + (((mixed ^ (mixed >>> 12)) >>> 0) % 255);
  }
}
