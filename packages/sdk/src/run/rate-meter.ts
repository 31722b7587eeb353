/** Nothing moved for so long: the line stood still. Parts that end one by one leave shorter gaps. */
const pauseMs = 5_000;

/** Measures a rate over the last seconds, so that it follows the line and not the average since the start. */
export class RateMeter {
  readonly #windowMs: number;
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];
  /** Since when nothing moved; `undefined` while something does. */
  #stillSinceMs: number | undefined;

  constructor(windowMs = 10_000) {
    this.#windowMs = windowMs;
  }

  /** Adds where the stage stands and gives bytes a second over the window; `null` while that cannot be told. */
  add(atMs: number, bytes: number): number | null {
    const last = this.#samples.at(-1);
    // Begun anew, or counted by a clock that went back: what was measured before says nothing.
    if (last !== undefined && (bytes < last.bytes || atMs < last.atMs)) this.#samples = [];
    // After a pause only what moves now counts: an average over both fits neither.
    const moved = last !== undefined && bytes > last.bytes;
    const pausedMs = last === undefined ? 0 : atMs - (this.#stillSinceMs ?? last.atMs);
    if (moved && pausedMs >= pauseMs) this.#samples = [];
    this.#stillSinceMs = moved || last === undefined ? undefined : (this.#stillSinceMs ?? last.atMs);
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) < atMs - this.#windowMs)
      this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || atMs - first.atMs < 500) return null;
    return Math.round(((bytes - first.bytes) * 1000) / (atMs - first.atMs));
  }
}
