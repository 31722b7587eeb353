import { KiB } from "@sampan/core";

/** Rate assumed for one connection before any part has landed, and the lowest ever reckoned with. */
const assumedRate = 512 * KiB;
const slowestRate = 8 * KiB;
const roundTripMs = 60_000;
const longestMs = 6 * 3_600_000;
/** A part may take this many times longer than the measured rate says. */
const patience = 4;

/**
 * How long a part may take, from its size and the rate measured so far.
 *
 * A fixed timer makes large parts on slow lines impossible, since sending counts too; here a failed attempt also doubles
 * the time of the next.
 */
export class PartTimeouts {
  readonly #limitRate: number;
  #rate: number | undefined;

  /** `limitRate`: bytes a second that one connection gets under a bandwidth limit; infinite without one. */
  constructor(limitRate = Number.POSITIVE_INFINITY) {
    this.#limitRate = limitRate;
  }

  /** Time for a part of `bytes`, in milliseconds; `attempt` counts from 1. */
  forPart(bytes: number, attempt: number): number {
    const expected = Math.min(this.#rate ?? assumedRate, this.#limitRate);
    const rate = Math.max(expected / patience, slowestRate);
    const once = roundTripMs + (bytes / rate) * 1000;
    return Math.min(Math.round(once * 2 ** Math.min(attempt - 1, 10)), longestMs);
  }

  /** Tells that a part of `bytes` took `ms`; the newest counts a quarter. */
  measured(bytes: number, ms: number): void {
    if (ms <= 0) return;
    const rate = (bytes / ms) * 1000;
    this.#rate = this.#rate === undefined ? rate : this.#rate * 0.75 + rate * 0.25;
  }
}
