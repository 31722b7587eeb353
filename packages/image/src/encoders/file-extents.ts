import { type ByteRange, intersectRanges, rangeEnd } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import type { Extent } from "../extent.ts";

/**
 * Extents of a file that begins with the disk as it is: the map's data, then holes, with `more` ranges of data behind the
 * disk's end. What is not data is a hole, so that a sparse writer need not look at it.
 */
export function* mapAsFile(
  map: AllocationMap,
  more: readonly ByteRange[],
  sizeBytes: number,
  range: ByteRange = { offset: 0, length: sizeBytes },
): Generator<Extent> {
  let position = range.offset;
  const end = Math.min(rangeEnd(range), sizeBytes);
  for (const data of dataRanges(map, more, range)) {
    if (data.offset > position) yield { offset: position, length: data.offset - position, kind: "hole" };
    yield { offset: data.offset, length: data.length, kind: "data" };
    position = rangeEnd(data);
  }
  if (end > position) yield { offset: position, length: end - position, kind: "hole" };
}

function* dataRanges(map: AllocationMap, more: readonly ByteRange[], range: ByteRange): Generator<ByteRange> {
  for (const extent of map.within(range)) if (extent.kind === "data") yield extent;
  for (const one of more) {
    const shared = intersectRanges(one, range);
    if (shared) yield shared;
  }
}
