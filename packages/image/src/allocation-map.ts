import { type ByteRange, KiB, rangeEnd, SampanError } from "@sampan/core";
import type { BlockSource } from "./block-source.ts";
import type { Extent, ExtentKind } from "./extent.ts";

/** More are not kept of one source, some 20 MB: a small file can claim any number of them. */
const maximumExtents = 250_000;

/**
 * Ordered extents covering a disk without gap or overlap; neighbours of one kind are joined.
 *
 * Immutable. Looking up an offset takes O(log n) of the number of extents.
 */
export class AllocationMap {
  readonly sizeBytes: number;
  readonly extents: readonly Extent[];
  /** Bytes of kind `data`. */
  readonly dataBytes: number;

  private constructor(sizeBytes: number, extents: readonly Extent[]) {
    this.sizeBytes = sizeBytes;
    this.extents = extents;
    this.dataBytes = extents.reduce((sum, extent) => sum + (extent.kind === "data" ? extent.length : 0), 0);
    Object.freeze(this);
  }

  /** Makes a map from extents in order; refuses a gap, an overlap or a wrong total with `CORE_ARGUMENT`. */
  static of(sizeBytes: number, extents: Iterable<Extent>): AllocationMap {
    const joined: Extent[] = [];
    let position = 0;
    for (const extent of extents) {
      if (extent.offset !== position || extent.length < 0 || !Number.isSafeInteger(extent.length)) {
        throw new SampanError(
          "CORE_ARGUMENT",
          `an extent of ${extent.length} at ${extent.offset} does not follow ${position}`,
        );
      }
      position = rangeEnd(extent);
      appendExtent(joined, extent);
    }
    if (position !== sizeBytes) {
      throw new SampanError("CORE_ARGUMENT", `extents end at ${position} of a disk of ${sizeBytes} bytes`);
    }
    return new AllocationMap(sizeBytes, joined);
  }

  /** A map in which everything is of one kind. */
  static whole(sizeBytes: number, kind: ExtentKind): AllocationMap {
    return AllocationMap.of(sizeBytes, sizeBytes === 0 ? [] : [{ offset: 0, length: sizeBytes, kind }]);
  }

  /**
   * A map in which the given ranges are `data` and the rest is of kind `otherwise`. The ranges may touch, overlap and
   * come in any order; what reaches past the end is cut off.
   */
  static ofData(sizeBytes: number, data: Iterable<ByteRange>, otherwise: ExtentKind = "hole"): AllocationMap {
    const sorted = [...data].filter((range) => range.length > 0).sort((a, b) => a.offset - b.offset);
    const extents: Extent[] = [];
    let position = 0;
    for (const range of sorted) {
      const start = Math.max(position, Math.min(range.offset, sizeBytes));
      const end = Math.min(rangeEnd(range), sizeBytes);
      if (end <= start) continue;
      if (start > position) extents.push({ offset: position, length: start - position, kind: otherwise });
      extents.push({ offset: start, length: end - start, kind: "data" });
      position = end;
    }
    if (position < sizeBytes)
      extents.push({ offset: position, length: sizeBytes - position, kind: otherwise });
    return AllocationMap.of(sizeBytes, extents);
  }

  /**
   * Reads the map of a source by listing all its extents. Of a disk in more than 250,000 pieces the shortest runs of zeros and
   * holes count as data, which they may always: they are read, and found to be zero.
   */
  static async read(source: BlockSource, signal?: AbortSignal): Promise<AllocationMap> {
    let extents: Extent[] = [];
    let leastGapBytes = 4 * KiB;
    for await (const extent of source.extents(undefined, signal)) {
      appendExtent(extents, extent);
      if (extents.length <= maximumExtents) continue;
      // Down to half, so that it is not done again for every few extents.
      for (; extents.length > maximumExtents / 2; leastGapBytes *= 2)
        extents = withoutGaps(extents, leastGapBytes);
    }
    return AllocationMap.of(source.sizeBytes, extents);
  }

  /** The extents of a range, cut at its ends. */
  *within(range: ByteRange): Generator<Extent> {
    const end = Math.min(rangeEnd(range), this.sizeBytes);
    for (let index = this.#indexAt(range.offset); index < this.extents.length; index++) {
      const extent = this.extents[index] as Extent;
      if (extent.offset >= end) return;
      const from = Math.max(extent.offset, range.offset);
      const to = Math.min(rangeEnd(extent), end);
      if (to > from) yield { offset: from, length: to - from, kind: extent.kind };
    }
  }

  /** True when some byte of the range is `data`. */
  hasData(range: ByteRange): boolean {
    for (const extent of this.within(range)) if (extent.kind === "data") return true;
    return false;
  }

  /** The map in which a byte is `data` only where it is `data` in both; elsewhere the first kind that is not `data` counts. */
  intersect(other: AllocationMap): AllocationMap {
    return combine(this, other, (mine, theirs) => (mine === "data" ? theirs : mine));
  }

  /** The map in which a byte is `data` where it is `data` in either; elsewhere the kind of this map counts. */
  union(other: AllocationMap): AllocationMap {
    return combine(this, other, (mine, theirs) => (theirs === "data" ? "data" : mine));
  }

  #indexAt(offset: number): number {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rangeEnd(this.extents[middle] as Extent) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function combine(
  a: AllocationMap,
  b: AllocationMap,
  choose: (a: ExtentKind, b: ExtentKind) => ExtentKind,
): AllocationMap {
  if (a.sizeBytes !== b.sizeBytes) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `maps of ${a.sizeBytes} and ${b.sizeBytes} bytes cannot be combined`,
    );
  }
  const extents: Extent[] = [];
  let i = 0;
  let j = 0;
  let position = 0;
  while (position < a.sizeBytes) {
    const mine = a.extents[i] as Extent;
    const theirs = b.extents[j] as Extent;
    const end = Math.min(rangeEnd(mine), rangeEnd(theirs));
    extents.push({ offset: position, length: end - position, kind: choose(mine.kind, theirs.kind) });
    position = end;
    if (rangeEnd(mine) === end) i++;
    if (rangeEnd(theirs) === end) j++;
  }
  return AllocationMap.of(a.sizeBytes, extents);
}

/** The extents with runs shorter than `leastBytes` that are not data taken for data. */
function withoutGaps(extents: readonly Extent[], leastBytes: number): Extent[] {
  const joined: Extent[] = [];
  for (const extent of extents)
    appendExtent(joined, extent.length < leastBytes ? { ...extent, kind: "data" } : extent);
  return joined;
}

/** Appends an extent to a list, joining it to the last one when that is of the same kind; empty ones are dropped. */
export function appendExtent(list: Extent[], extent: Extent): void {
  if (extent.length === 0) return;
  const last = list[list.length - 1];
  if (last && last.kind === extent.kind && rangeEnd(last) === extent.offset) {
    list[list.length - 1] = { offset: last.offset, length: last.length + extent.length, kind: last.kind };
  } else {
    list.push({ offset: extent.offset, length: extent.length, kind: extent.kind });
  }
}
