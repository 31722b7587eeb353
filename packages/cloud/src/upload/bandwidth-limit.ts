import type { Clock } from "@sampan/core";

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
