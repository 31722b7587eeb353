import { type ByteRange, rangeEnd } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";
import type { Task } from "./parallel.ts";

/**
 * Fills `into` with the bytes of `range` as a map has them: adds one task for each `data` extent, which reads straight into
 * its part of `into`, and zeroes the rest at once. A range past the end of the map reads as zero.
 */
export function planMappedRead(
  tasks: Task[],
  source: BlockSource,
  map: AllocationMap,
  range: ByteRange,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): void {
  let position = range.offset;
  const end = rangeEnd(range);
  const fillTo = (to: number) => into.fill(0, position - range.offset, to - range.offset);
  for (const extent of map.within(range)) {
    if (extent.kind !== "data") continue;
    if (extent.offset > position) fillTo(extent.offset);
    position = rangeEnd(extent);
    const part = into.subarray(extent.offset - range.offset, position - range.offset);
    tasks.push(() => source.read({ offset: extent.offset, length: extent.length }, part, signal));
  }
  if (end > position) fillTo(end);
}
