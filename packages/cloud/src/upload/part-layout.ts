import { type ByteRange, cutIntoRanges } from "@sampan/core";

/** How an object is cut: the first part may be smaller than the others. Fixed before a second part is sent. */
export interface PartLayout {
  readonly firstPartBytes: number;
  readonly partBytes: number;
}

/** One part to be: its number, counted from 1, and where its bytes lie. */
export interface PlannedPart {
  readonly number: number;
  readonly range: ByteRange;
}

/** Every part of an object, ascending. */
export function plannedParts(sizeBytes: number, layout: PartLayout): PlannedPart[] {
  const first = Math.min(layout.firstPartBytes, sizeBytes);
  const rest = [...cutIntoRanges(sizeBytes - first, layout.partBytes)];
  const ranges = [
    { offset: 0, length: first },
    ...rest.map(({ offset, length }) => ({ offset: offset + first, length })),
  ];
  return ranges.map((range, index) => ({ number: index + 1, range }));
}
