import { throwIfCancelled } from "./cancel.ts";

/** Time as a port, so that waiting can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /**
   * Milliseconds from some moment on, never going back and never leaping, whatever is done to the machine's time: for how long
   * something took, and until when it may.
   */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with `CORE_CANCELLED` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness as a port: a number in [0, 1). */
export type Random = () => number;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Of every platform Sampan runs on, and of the bare contexts it loads in.
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      try {
        throwIfCancelled(signal);
      } catch (error) {
        reject(error);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        try {
          throwIfCancelled(signal);
        } catch (error) {
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
