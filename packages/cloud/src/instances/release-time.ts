/** RunInstances takes a time of release at least this far ahead. Source: ECS API reference, 2021 to 2026. */
const releaseAheadMs = 30 * 60_000;

/** The time at which the cloud is to delete a test instance by itself: as long from now as wanted, 30 minutes at least. */
export function releaseTime(nowMs: number, wantedMs: number): number {
  // A minute more: the vendor cuts seconds off, and clocks differ.
  return nowMs + Math.max(wantedMs, releaseAheadMs) + 60_000;
}

/** Whether RunInstances still takes a time of release that was chosen before. */
export function isReleaseAhead(releaseAtMs: number, nowMs: number): boolean {
  return releaseAtMs - nowMs >= releaseAheadMs;
}
