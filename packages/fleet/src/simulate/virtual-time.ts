import { type Clock, SampanError, throwIfCancelled } from "@sampan/core";
import { createHeap } from "../heap.ts";

/** Time that jumps from one event to the next. */
export interface VirtualTime {
  /** The clock that whoever is simulated with goes by. */
  readonly clock: Clock;
  /** Milliseconds since 1970, with fractions. */
  now(): number;
  /** Calls at a moment, or at once when that has passed. Of one moment, who asked first is called first. */
  at(ms: number, call: () => void): void;
  /** Says that what is being called lets somebody outside go on: who waits for a promise. Time stands until they have. */
  settled(): void;
  /** Lets time go on until the promise settles, and gives its result. */
  until<T>(result: Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Makes a time of its own, which begins at `startMs`. */
export function createVirtualTime(startMs: number): VirtualTime {
  const events = createHeap<() => void>();
  let nowMs = startMs;
  let isSettled = false;
  const at = (ms: number, call: () => void): void => events.add(Math.max(ms, nowMs), call);

  const clock: Clock = {
    // Whole, so that who sleeps until a whole moment never wakes a fraction before it.
    now: () => Math.floor(nowMs),
    monotonic: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          try {
            throwIfCancelled(signal);
            resolve();
          } catch (error) {
            reject(error);
          }
        };
        if (signal?.aborted) return end();
        signal?.addEventListener("abort", end, { once: true });
        at(nowMs + ms, () => {
          if (signal?.aborted) return;
          signal?.removeEventListener("abort", end);
          isSettled = true;
          resolve();
        });
      }),
  };
  return {
    clock,
    now: () => nowMs,
    at,
    settled() {
      isSettled = true;
    },
    async until(result, signal) {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      result.then(over, over);
      await everybodyElse();
      while (!isOver) {
        throwIfCancelled(signal);
        const ms = events.firstKey();
        if (ms === undefined)
          throw new SampanError("CORE_INTERNAL", "simulating: everybody waits, and nothing is to happen");
        nowMs = ms;
        isSettled = false;
        while (events.firstKey() === ms) events.take()?.();
        if (isSettled) await everybodyElse();
      }
      return result;
    },
  };
}

/** Resolves when all that waits for promises which are settled has gone on, and waits for something else. */
function everybodyElse(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
