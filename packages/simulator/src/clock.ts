import type { Clock } from "@sampan/core";

/** What can be set on the simulator's clock at once; absent fields stay as they are. */
export interface ClockChange {
  /** Moves simulated time forward by this much. */
  readonly advanceMs?: number;
  /** Simulated milliseconds per real millisecond; 0 to 1,000,000. */
  readonly timeScale?: number;
  /** Stops or restarts simulated time; advancing works while frozen. */
  readonly frozen?: boolean;
  /** How far the service's wall clock is off: moves `Date`, signature age and token expiry, not the tasks. */
  readonly skewMs?: number;
}

const changeFields: ReadonlySet<string> = new Set<keyof ClockChange>([
  "advanceMs",
  "timeScale",
  "frozen",
  "skewMs",
]);

/** The clock as {@link SimulatorClock.describe} and `GET /_sampan/state` show it. */
export interface ClockState {
  readonly nowMs: number;
  readonly timeScale: number;
  readonly frozen: boolean;
  readonly skewMs: number;
}

/**
 * The two times of the simulator.
 *
 * *Simulated* time drives everything asynchronous: imports, copies, role propagation. It may run faster than real
 * time, stand still or be pushed. *Service* time is real time plus a skew; signatures, tokens and `Date` use it, because
 * clients sign with the real clock. Simulated time never goes back.
 */
export class SimulatorClock {
  readonly #base: Pick<Clock, "now">;
  #anchorSimulatedMs: number;
  #anchorBaseMs: number;
  #timeScale: number;
  #frozen = false;
  #skewMs = 0;

  constructor(base: Pick<Clock, "now">, timeScale: number) {
    this.#base = base;
    this.#timeScale = timeScale;
    this.#anchorBaseMs = base.now();
    this.#anchorSimulatedMs = this.#anchorBaseMs;
  }

  /** Simulated time, in milliseconds since 1970. */
  now(): number {
    if (this.#frozen) return this.#anchorSimulatedMs;
    return this.#anchorSimulatedMs + Math.floor((this.#base.now() - this.#anchorBaseMs) * this.#timeScale);
  }

  /** The service's wall clock, in milliseconds since 1970. */
  serviceNow(): number {
    return this.#base.now() + this.#skewMs;
  }

  /** Simulated time at which the service's wall clock will show `serviceMs`, if time goes on as fast as now. */
  whenServiceShows(serviceMs: number): number {
    return this.now() + Math.round((serviceMs - this.serviceNow()) * this.#timeScale);
  }

  /** Moves simulated time forward. */
  advance(ms: number): void {
    this.change({ advanceMs: ms });
  }

  /** Stops simulated time. */
  freeze(): void {
    this.change({ frozen: true });
  }

  /** Lets simulated time run again. */
  unfreeze(): void {
    this.change({ frozen: false });
  }

  /** Applies a change. Throws a RangeError when a field is out of its range; nothing is changed then. */
  change(change: ClockChange): void {
    const unknown = Object.keys(change).find((name) => !changeFields.has(name));
    if (unknown !== undefined) {
      throw new RangeError(`${unknown} is not a field of the clock: it has ${[...changeFields].join(", ")}`);
    }
    if (change.frozen !== undefined && typeof change.frozen !== "boolean") {
      throw new RangeError("frozen must be true or false");
    }
    const { advanceMs = 0, timeScale = this.#timeScale, skewMs = this.#skewMs } = change;
    const numbers = { advanceMs, timeScale, skewMs };
    for (const [name, value] of Object.entries(numbers)) {
      if (!Number.isFinite(value)) throw new RangeError(`${name} must be a number`);
    }
    if (advanceMs < 0) throw new RangeError("advanceMs must not be negative");
    if (timeScale < 0 || timeScale > 1_000_000) throw new RangeError("timeScale must be 0 to 1000000");
    this.#anchorSimulatedMs = this.now() + advanceMs;
    this.#anchorBaseMs = this.#base.now();
    this.#timeScale = timeScale;
    this.#skewMs = skewMs;
    this.#frozen = change.frozen ?? this.#frozen;
  }

  /** Makes sure that simulated time is not before `ms`: what happened before a restart stays in the past. */
  notBefore(ms: number): void {
    const behind = ms - this.now();
    if (behind > 0) this.advance(behind);
  }

  describe(): ClockState {
    return {
      nowMs: this.now(),
      timeScale: this.#timeScale,
      frozen: this.#frozen,
      skewMs: this.#skewMs,
    };
  }
}
