import { assertRangeWithin, type ByteRange } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { isDirect, markDirect } from "../copy/deferred-reads.ts";

/**
 * Shows one range of a source as a source of its own, for example a partition: its byte 0 is the source's byte `range.offset`.
 *
 * Closing it closes the source.
 *
 * @throws `IMAGE_RANGE` when the range does not lie within the source.
 */
export function offsetBy(source: BlockSource, range: ByteRange): BlockSource {
  assertRangeWithin(range, source.sizeBytes);
  const { offset, length: sizeBytes } = range;
  const shown: BlockSource = {
    sizeBytes,
    features: source.features,
    async read(part, into, signal) {
      assertRangeWithin(part, sizeBytes, into.length);
      await source.read({ offset: offset + part.offset, length: part.length }, into, signal);
    },
    async *extents(part: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(part, sizeBytes);
      const wanted = { offset: offset + part.offset, length: part.length };
      for await (const extent of source.extents(wanted, signal)) {
        yield { offset: extent.offset - offset, length: extent.length, kind: extent.kind };
      }
    },
    close: () => source.close(),
  };
  if (isDirect(source)) markDirect(shown);
  return shown;
}
