import { type Clock, KiB, SampanError, systemClock } from "@sampan/core";

/** Bytes a second that several uploads have together. */
export interface BandwidthBudget {
  /** What one of them can count on while all of them send: connections, sizes of parts and timers are cut by it. */
  readonly shareBytesPerSecond: number;
  /** Resolves when so many more bytes may be sent. */
  pace(bytes: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Makes a budget for `uploads` uploads that send at once: together they send `bytesPerSecond`, also when only one of them
 * sends. Whoever asks first is served first, so that those that send have equal shares.
 *
 * @throws `CORE_ARGUMENT` when a share would be less than one connection needs (16 KiB a second).
 */
export function bandwidthBudget(options: {
  readonly bytesPerSecond: number;
  readonly uploads: number;
  readonly clock?: Clock;
}): BandwidthBudget {
  const { bytesPerSecond, uploads, clock = systemClock } = options;
  const shareBytesPerSecond = bytesPerSecond / uploads;
  if (!(shareBytesPerSecond >= lowestBandwidth)) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `sharing ${bytesPerSecond} bytes a second among ${uploads} uploads: each needs ${lowestBandwidth}`,
      { hint: "Allow more bytes a second, or fewer uploads at once." },
    );
  }
  return { shareBytesPerSecond, pace: bandwidthLimit(bytesPerSecond, clock) };
}

/** With less, a connection would fall silent for so long that it counts as broken. */
export const lowestBandwidth = 16 * KiB;

/**
 * Makes a function that is awaited before each piece and holds all pieces together to `bytesPerSecond`.
 *
 * Pieces are booked one after the other on a line of time; up to half a second of unused time is kept, so that a stutter
 * is made up but a pause is not.
 */
export function bandwidthLimit(
  bytesPerSecond: number,
  clock: Clock,
): (bytes: number, signal?: AbortSignal) => Promise<void> {
  const savedMs = 500;
  let freeAt = clock.monotonic();
  return async (bytes, signal) => {
    const now = clock.monotonic();
    freeAt = Math.max(freeAt, now - savedMs);
    const waitMs = freeAt - now;
    freeAt += (bytes / bytesPerSecond) * 1000;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  };
}
