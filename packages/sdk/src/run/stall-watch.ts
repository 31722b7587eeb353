/** Finds out that a stage stands still, which is not the same as being slow: a byte a minute is progress. */
export class StallWatch {
  readonly #stallMs: number;
  #changedMs: number;
  #lastLookMs: number;
  #told = 0;
  #seen = "";

  constructor(stallMs: number, nowMs: number) {
    this.#stallMs = stallMs;
    this.#changedMs = nowMs;
    this.#lastLookMs = nowMs;
  }

  /** Something was heard; it is progress when it is not what was heard before. */
  heard(seen: string, nowMs: number): void {
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.moved(nowMs);
  }

  /** There is progress, or somebody says why there is none. */
  moved(nowMs: number): void {
    this.#changedMs = nowMs;
    this.#told = 0;
  }

  /**
   * Gives how long there was no progress, once each time that grows by the time after which it counts; `null` otherwise. Time in
   * which nobody looked, since this process itself was stopped, does not count.
   */
  look(nowMs: number): number | null {
    const sinceLookMs = nowMs - this.#lastLookMs;
    this.#lastLookMs = nowMs;
    if (sinceLookMs > this.#stallMs / 2) this.#changedMs += sinceLookMs;
    const sinceMs = nowMs - this.#changedMs;
    if (sinceMs < this.#stallMs * (this.#told + 1)) return null;
    this.#told = Math.floor(sinceMs / this.#stallMs);
    return sinceMs;
  }
}
