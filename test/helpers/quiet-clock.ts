import { type Clock, throwIfCancelled } from "@sampan/core";
import type { Simulator } from "@sampan/simulator";

/** A clock for many runs at once, that jumps to the next end of a sleep when all of them wait. */
export interface QuietClock extends Clock {
  stop(): void;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

const lookEveryMs = 3;
const quietLooks = 3;

/**
 * Makes the clock of a simulator jump. Work that is under way takes no time on it: it moves only when for some turns nobody began or ended
 * a sleep, which is the case when everybody sleeps. Whoever is slower than that is late by the shortest sleep of the others.
 */
export function quietClock(simulator: Simulator): QuietClock {
  simulator.clock.freeze();
  let sleepers: Sleeper[] = [];
  let changes = 0;
  let seen = 0;
  let quiet = 0;
  const timer = setInterval(() => {
    quiet = changes === seen ? quiet + 1 : 0;
    seen = changes;
    if (quiet < quietLooks || sleepers.length === 0) return;
    const untilMs = Math.min(...sleepers.map((one) => one.untilMs));
    simulator.clock.advance(Math.max(0, Math.ceil(untilMs - simulator.clock.now())));
    const due = sleepers.filter((one) => one.untilMs <= simulator.clock.now());
    sleepers = sleepers.filter((one) => one.untilMs > simulator.clock.now());
    for (const { wake } of due) wake();
    quiet = 0;
  }, lookEveryMs);
  return {
    now: () => simulator.clock.now(),
    monotonic: () => simulator.clock.now(),
    async sleep(ms, signal) {
      throwIfCancelled(signal);
      changes++;
      await new Promise<void>((resolve) => {
        const sleeper = { untilMs: simulator.clock.now() + ms, wake };
        const left = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          resolve();
        };
        function wake(): void {
          signal?.removeEventListener("abort", left);
          resolve();
        }
        sleepers.push(sleeper);
        signal?.addEventListener("abort", left, { once: true });
      });
      changes++;
      throwIfCancelled(signal);
    },
    stop: () => clearInterval(timer),
  };
}
