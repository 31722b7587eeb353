import { SampanError } from "./errors.ts";

/** A run of bytes: `length` bytes from `offset` on. Both are whole and not negative. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The first byte after a range. */
export function rangeEnd(range: ByteRange): number {
  return range.offset + range.length;
}

/** The bytes two ranges share; `undefined` when they share none. */
export function intersectRanges(a: ByteRange, b: ByteRange): ByteRange | undefined {
  const offset = Math.max(a.offset, b.offset);
  const end = Math.min(rangeEnd(a), rangeEnd(b));
  return end > offset ? { offset, length: end - offset } : undefined;
}

/** Cuts `[0, sizeBytes)` into ranges of `lengthBytes`; the last may be shorter. */
export function* cutIntoRanges(sizeBytes: number, lengthBytes: number): Generator<ByteRange> {
  for (let offset = 0; offset < sizeBytes; offset += lengthBytes) {
    yield { offset, length: Math.min(lengthBytes, sizeBytes - offset) };
  }
}

/**
 * Refuses a range that is malformed, lies outside `[0, sizeBytes)`, or differs in length from the buffer it is to fill.
 *
 * Every `read` of a block source or encoded image begins with it, so that all answer alike: `IMAGE_RANGE`.
 */
export function assertRangeWithin(range: ByteRange, sizeBytes: number, bufferBytes = range.length): void {
  const { offset, length } = range;
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!whole || offset + length > sizeBytes || bufferBytes !== length) {
    const buffer = bufferBytes === length ? "" : ` into a buffer of ${bufferBytes}`;
    throw new SampanError(
      "IMAGE_RANGE",
      `reading ${length} bytes at ${offset}${buffer} from ${sizeBytes} bytes`,
      {
        details: { offset, length, sizeBytes, bufferBytes },
      },
    );
  }
}
