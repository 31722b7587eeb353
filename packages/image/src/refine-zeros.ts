import { KiB, MiB, rangeEnd, throwIfCancelled } from "@sampan/core";
import { AllocationMap, appendExtent } from "./allocation-map.ts";
import type { BlockSource } from "./block-source.ts";
import type { Extent } from "./extent.ts";
import { isZero } from "./io/zeros.ts";

const stepBytes = 64 * KiB;

/**
 * Reads everything a map calls data and returns the map in which runs of zeros are `zero`, in steps of 64 KiB.
 *
 * For sources that cannot list extents, where an encoded image should still be small. Reads all data once, 4 MiB at a time.
 */
export async function refineZeros(
  source: BlockSource,
  map: AllocationMap,
  signal?: AbortSignal,
): Promise<AllocationMap> {
  const refined: Extent[] = [];
  const buffer = new Uint8Array(4 * MiB);
  for (const extent of map.extents) {
    if (extent.kind !== "data") {
      appendExtent(refined, extent);
      continue;
    }
    for (let offset = extent.offset; offset < rangeEnd(extent); ) {
      throwIfCancelled(signal);
      const stop = Math.min(rangeEnd(extent), offset - (offset % buffer.length) + buffer.length);
      const bytes = buffer.subarray(0, stop - offset);
      await source.read({ offset, length: bytes.length }, bytes, signal);
      for (let at = 0; at < bytes.length; ) {
        const next = Math.min(bytes.length, at + stepBytes - ((offset + at) % stepBytes));
        const kind = isZero(bytes.subarray(at, next)) ? "zero" : "data";
        appendExtent(refined, { offset: offset + at, length: next - at, kind });
        at = next;
      }
      offset = stop;
    }
  }
  return AllocationMap.of(map.sizeBytes, refined);
}
