import { throwIfCancelled } from "../cancel.ts";
import type { Clock } from "../clock.ts";

/** A clock that moves only when told, or that jumps to the end of each sleep at once. */
export interface VirtualClock extends Clock {
  /** Every wait asked for so far, in milliseconds. */
  readonly slept: readonly number[];
  /** Moves time forward and lets the sleeps that end meanwhile go on. */
  advance(ms: number): void;
  /** Sets the time of day ahead, or back, as a person or a time server does: no time passes. */
  setWall(ms: number): void;
}

/**
 * Makes a clock for tests.
 *
 * With `jump` (the default) a sleep moves time to its end and resolves in the next turn; without it sleeps wait for
 * {@link VirtualClock.advance}.
 */
export function virtualClock(
  options: { readonly startMs?: number; readonly jump?: boolean } = {},
): VirtualClock {
  const { startMs = Date.UTC(2026, 0, 1), jump = true } = options;
  let now = startMs;
  let wallAheadMs = 0;
  const slept: number[] = [];
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    slept,
    now: () => now + wallAheadMs,
    monotonic: () => now,
    async sleep(ms, signal) {
      throwIfCancelled(signal);
      slept.push(ms);
      if (jump) {
        now += ms;
        await Promise.resolve();
        throwIfCancelled(signal);
        return;
      }
      const until = now + ms;
      await new Promise<void>((resolve) => {
        sleepers.push({ until, wake: resolve });
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
      throwIfCancelled(signal);
    },
    advance(ms) {
      now += ms;
      const due = sleepers.filter((sleeper) => sleeper.until <= now);
      sleepers = sleepers.filter((sleeper) => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
    },
    setWall(ms) {
      wallAheadMs += ms;
    },
  };
}
