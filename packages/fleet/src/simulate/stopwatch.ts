/** Adds up for how long something was the case. */
export interface Stopwatch {
  set(isSo: boolean): void;
  /** Milliseconds so far. */
  totalMs(): number;
}

/** Makes a stopwatch that stands. */
export function createStopwatch(now: () => number): Stopwatch {
  let sinceMs: number | undefined;
  let sumMs = 0;
  return {
    set(isSo) {
      if (isSo === (sinceMs !== undefined)) return;
      if (sinceMs !== undefined) sumMs += now() - sinceMs;
      sinceMs = isSo ? now() : undefined;
    },
    totalMs: () => sumMs + (sinceMs === undefined ? 0 : now() - sinceMs),
  };
}
