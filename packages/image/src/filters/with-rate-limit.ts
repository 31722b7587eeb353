import { assertRangeWithin, type Clock, SampanError, systemClock } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";

/** Options of {@link withRateLimit}. */
export interface RateLimitOptions {
  /** Bytes a second that reads may take on average; more than 0. */
  readonly bytesPerSecond: number;
  readonly clock?: Clock;
}

/**
 * Slows reads down to a rate, so that a host in service is not starved.
 *
 * Each read waits until the bytes of all reads before it would have passed at that rate; parallel reads share the rate. Time not
 * used is not saved up. Closing it closes the source.
 *
 * @throws `CORE_ARGUMENT` when the rate is not more than 0.
 */
export function withRateLimit(source: BlockSource, options: RateLimitOptions): BlockSource {
  const { bytesPerSecond, clock = systemClock } = options;
  if (!(bytesPerSecond > 0)) {
    throw new SampanError("CORE_ARGUMENT", `limiting reads to ${bytesPerSecond} bytes a second`);
  }
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return {
    sizeBytes: source.sizeBytes,
    features: source.features,
    async read(range, into, signal) {
      assertRangeWithin(range, source.sizeBytes, into.length);
      const now = clock.monotonic();
      const startAtMs = Math.max(now, freeAtMs);
      freeAtMs = startAtMs + (range.length / bytesPerSecond) * 1000;
      if (startAtMs > now) await clock.sleep(Math.ceil(startAtMs - now), signal);
      await source.read(range, into, signal);
    },
    extents: (range, signal) => source.extents(range, signal),
    close: () => source.close(),
  };
}
