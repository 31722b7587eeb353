import type { Clock } from "@sampan/core";

const usualParts = 4;
/** What one more connection must bring to be kept. */
const gain = 1.05;
/** Windows in which nothing is tried after a step that brought nothing, and after the store asked to slow down. */
const restAfterStep = 8;
const restAfterHalving = 2;

/**
 * How many parts are in flight: one more while that raises the rate at which parts land, half when the store asks to slow
 * down or stops answering in time.
 *
 * The rate is measured over windows of as many parts as are in flight. What it does follows from the clock and the order of
 * calls alone.
 */
export class ParallelControl {
  readonly #most: number;
  readonly #clock: Clock;
  #limit: number;
  #sinceMs: number;
  #bytes = 0;
  #parts = 0;
  /** Rate of the last window before the step that is being tried. */
  #before: number | undefined;
  #rest = 0;
  #halvedAtMs = Number.NEGATIVE_INFINITY;
  #bestRate = 0;
  #sending = 0;
  readonly #waiting: (() => void)[] = [];

  /** `most`: the number never exceeded. Begins with `first`, 4 by default, or `most` if that is less. */
  constructor(most: number, clock: Clock, first = usualParts) {
    this.#most = most;
    this.#clock = clock;
    this.#limit = Math.min(first, most);
    this.#sinceMs = clock.monotonic();
  }

  /** Parts that may be in flight now. */
  get limit(): number {
    return this.#limit;
  }

  /** The highest rate of a window so far, in bytes a second; 0 before the first. */
  get bytesPerSecond(): number {
    return this.#bestRate;
  }

  /** Sending begins: time before it is nobody's. */
  begin(): void {
    this.#newWindow();
  }

  landed(bytes: number): void {
    this.#bytes += bytes;
    this.#parts++;
    if (this.#parts < this.#limit) return;
    const ms = this.#clock.monotonic() - this.#sinceMs;
    const rate = (this.#bytes / ms) * 1000;
    this.#newWindow();
    if (ms <= 0) return;
    this.#bestRate = Math.max(this.#bestRate, rate);
    if (this.#rest > 0) this.#rest--;
    else this.#step(rate);
    this.#wake();
  }

  /** Waits until one more may be sent: after a halving there are more parts begun than may be. {@link leave} gives it back. */
  async enter(): Promise<void> {
    while (this.#sending >= this.#limit) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#sending++;
  }

  leave(): void {
    this.#sending--;
    this.#wake();
  }

  #wake(): void {
    for (let free = this.#limit - this.#sending; free > 0; free--) this.#waiting.shift()?.();
  }

  #step(rate: number): void {
    if (this.#before !== undefined && rate < this.#before * gain) {
      this.#limit--;
      this.#rest = restAfterStep;
      this.#before = undefined;
      return;
    }
    this.#before = this.#limit < this.#most ? rate : undefined;
    if (this.#before !== undefined) this.#limit++;
  }

  /** A call that began at `beganAtMs` was throttled or timed out. Calls from before the last halving do not count again. */
  slowDown(beganAtMs: number): void {
    if (beganAtMs <= this.#halvedAtMs) return;
    this.#halvedAtMs = this.#clock.monotonic();
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#rest = restAfterHalving;
    this.#before = undefined;
    this.#newWindow();
  }

  #newWindow(): void {
    this.#sinceMs = this.#clock.monotonic();
    this.#bytes = 0;
    this.#parts = 0;
  }
}
