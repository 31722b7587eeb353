import { KiB } from "@sampan/core";

/** Rate assumed for one connection before any part has landed, and the lowest ever reckoned with. */
const assumedRate = 64 * KiB;
const slowestRate = 8 * KiB;
const roundTripMs = 60_000;
const longestMs = 6 * 3_600_000;
/** A part may take this many times longer than the measured rate says. */
const patience = 4;

/**
 * How long a part may take, from its size and the rate measured so far.
 *
 * A fixed timer makes large parts on slow lines impossible, since sending counts too. An attempt that ran out of time says how
 * slow the line has become, and doubles the time of the next. That a connection is dead is not found out by this timer but by
 * its silence, so being generous costs nothing.
 */
export class PartTimeouts {
  readonly #limitRate: number;
  #rate: number | undefined;

  /** `limitRate`: bytes a second that one connection gets under a bandwidth limit; infinite without one. */
  constructor(limitRate = Number.POSITIVE_INFINITY) {
    this.#limitRate = limitRate;
  }

  /** Time for a part of `bytes`, in milliseconds, of which `timedOut` attempts ran out of time. */
  forPart(bytes: number, timedOut: number): number {
    const expected = Math.min(this.#rate ?? assumedRate, this.#limitRate);
    const rate = Math.max(expected / patience, slowestRate);
    const once = roundTripMs + (bytes / rate) * 1000;
    return Math.min(Math.round(once * 2 ** Math.min(timedOut, 10)), longestMs);
  }

  /** Tells that a part of `bytes` took `ms`; the newest counts a quarter, a slower one at once. */
  measured(bytes: number, ms: number): void {
    if (ms <= 0 || bytes <= 0) return;
    const rate = (bytes / ms) * 1000;
    this.#rate = this.#rate === undefined ? rate : Math.min(rate, this.#rate * 0.75 + rate * 0.25);
  }
}
