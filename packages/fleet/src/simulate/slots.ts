import { createStopwatch } from "./stopwatch.ts";

/** Something that so many may do at the same time; the others wait in the order they came. */
export interface Slots {
  /** Calls when it has one: now or later. */
  take(call: () => void): void;
  /** Gives one back. */
  give(): void;
  /** For how long somebody waited. */
  waitedMs(): number;
  /** The most that waited at the same time. */
  readonly mostWaiting: number;
}

/** Makes so many slots. */
export function createSlots(now: () => number, count: number): Slots {
  const waited = createStopwatch(now);
  let free = count;
  let mostWaiting = 0;
  // Taken from `first` on, and cut now and then: taking the first of an array costs its length.
  let queue: (() => void)[] = [];
  let first = 0;
  return {
    take(call) {
      if (free > 0) {
        free--;
        call();
        return;
      }
      queue.push(call);
      mostWaiting = Math.max(mostWaiting, queue.length - first);
      waited.set(true);
    },
    give() {
      const next = queue[first];
      if (next === undefined) {
        free++;
        return;
      }
      first++;
      if (2 * first > queue.length) {
        queue = queue.slice(first);
        first = 0;
      }
      waited.set(queue.length > first);
      next();
    },
    waitedMs: waited.totalMs,
    get mostWaiting() {
      return mostWaiting;
    },
  };
}
