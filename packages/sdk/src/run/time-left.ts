import { RateMeter } from "./rate-meter.ts";

/** What a stage is expected to take, from earlier runs. */
export interface Expectation {
  readonly tookMs: number;
  /** How many runs that is the median of. */
  readonly runs: number;
}

/** How fast a stage is, and how long it will still take. */
export interface TimeLeft {
  /** Bytes a second over the last seconds; `null` while that cannot be told. */
  readonly ratePerSecond: number | null;
  /** Never negative and always a number people can read; `null` while it cannot be told. */
  readonly etaMs: number | null;
  /** How many runs `etaMs` rests on; absent when it rests on the rate. */
  readonly etaRuns?: number;
}

// More than a year is no estimate.
const longestMs = 366 * 86_400_000;

/** Tells how long a stage will still take: by what earlier runs took where they tell, by its own rate otherwise. */
export class TimeLeftMeter {
  readonly #meter = new RateMeter();
  readonly #startedMs: number;
  readonly #expected: Expectation | undefined;

  constructor(startedMs: number, expected: Expectation | undefined) {
    this.#startedMs = startedMs;
    this.#expected = expected;
  }

  /** Adds where the stage stands at a moment of a monotonic clock. */
  add(atMs: number, doneBytes: number, totalBytes: number | null): TimeLeft {
    const ratePerSecond = this.#meter.add(atMs, doneBytes);
    if (totalBytes !== null && doneBytes >= totalBytes) return { ratePerSecond, etaMs: 0 };
    const expected = this.#expected;
    if (expected !== undefined) {
      const leftMs = sensible(expected.tookMs - (atMs - this.#startedMs));
      // It takes longer than ever before: earlier runs have nothing more to say.
      if (leftMs !== null && leftMs > 0) return { ratePerSecond, etaMs: leftMs, etaRuns: expected.runs };
    }
    if (totalBytes === null || ratePerSecond === null || ratePerSecond <= 0)
      return { ratePerSecond, etaMs: null };
    return { ratePerSecond, etaMs: sensible(((totalBytes - doneBytes) / ratePerSecond) * 1000) };
  }
}

function sensible(ms: number): number | null {
  return Number.isFinite(ms) && ms >= 0 && ms <= longestMs ? Math.round(ms) : null;
}
