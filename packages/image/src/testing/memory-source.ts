import { assertRangeWithin, type ByteRange, throwIfCancelled } from "@sampan/core";
import { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";

/** Makes a block source of bytes in memory; with a map its extents are that map's, else everything is data. */
export function memorySource(bytes: Uint8Array, map?: AllocationMap): BlockSource {
  const known = map ?? AllocationMap.whole(bytes.length, "data");
  return {
    sizeBytes: bytes.length,
    features: { extents: map ? "exact" : "none", stable: true },
    async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal) {
      assertRangeWithin(range, bytes.length, into.length);
      throwIfCancelled(signal);
      into.set(bytes.subarray(range.offset, range.offset + range.length));
    },
    async *extents(range: ByteRange = { offset: 0, length: bytes.length }, signal?: AbortSignal) {
      assertRangeWithin(range, bytes.length);
      throwIfCancelled(signal);
      yield* known.within(range);
    },
    async close() {},
  };
}
