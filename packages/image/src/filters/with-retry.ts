import { assertRangeWithin, type ByteRange, type RetryOptions, rangeEnd, retry } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import type { Extent } from "../extent.ts";
import { joinExtents } from "../io/join-extents.ts";

/**
 * Reads again what failed in a way that may pass: errors whose `retryable` is true, with growing waits.
 *
 * A listing of extents that breaks goes on where it stopped. Closing it closes the source.
 */
export function withRetry(source: BlockSource, options: Omit<RetryOptions, "signal"> = {}): BlockSource {
  const { sizeBytes } = source;
  async function* resumed(range: ByteRange, signal: AbortSignal | undefined): AsyncGenerator<Extent> {
    const end = rangeEnd(range);
    let position = range.offset;
    let running: AsyncIterator<Extent> | undefined;
    while (position < end) {
      const extent = await retry(
        async () => {
          try {
            running ??= source
              .extents({ offset: position, length: end - position }, signal)
              [Symbol.asyncIterator]();
            const next = await running.next();
            return next.done ? undefined : next.value;
          } catch (error) {
            running = undefined;
            throw error;
          }
        },
        { ...options, ...(signal && { signal }) },
      );
      if (!extent) return;
      position = rangeEnd(extent);
      yield extent;
    }
  }
  return {
    sizeBytes,
    features: source.features,
    read: (range, into, signal) =>
      retry(() => source.read(range, into, signal), { ...options, ...(signal && { signal }) }),
    async *extents(range: ByteRange = { offset: 0, length: sizeBytes }, signal?: AbortSignal) {
      assertRangeWithin(range, sizeBytes);
      yield* joinExtents(resumed(range, signal));
    },
    close: () => source.close(),
  };
}
