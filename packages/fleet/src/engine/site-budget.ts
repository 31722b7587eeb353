import type { BandwidthBudget } from "@sampan/cloud";
import { type Clock, KiB } from "@sampan/core";

const savedMs = 500;
// With less, a connection would fall silent for so long that it counts as broken.
const lowestBandwidth = 16 * KiB;

/**
 * What a worker may send of what all workers of its site may send together: an equal share, which changes with how many there are.
 *
 * No less than one connection needs is ever given, so that with very many workers the site sends more than it should.
 */
export class SiteBudget implements BandwidthBudget {
  readonly #bytesPerSecond: number;
  readonly #uploads: number;
  readonly #clock: Clock;
  #workers = 1;
  #freeAt: number;

  constructor(options: {
    readonly bytesPerSecond: number;
    /** Uploads of this worker at once. */
    readonly uploads: number;
    readonly clock: Clock;
  }) {
    this.#bytesPerSecond = options.bytesPerSecond;
    this.#uploads = options.uploads;
    this.#clock = options.clock;
    this.#freeAt = options.clock.monotonic();
  }

  /** How many workers there are, this one included. */
  set workers(count: number) {
    this.#workers = Math.max(1, count);
  }

  get shareBytesPerSecond(): number {
    return Math.max(lowestBandwidth, this.#rate / this.#uploads);
  }

  /** Resolves when so many more bytes may be sent: pieces are booked one after the other on a line of time. */
  async pace(bytes: number, signal?: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonic();
    this.#freeAt = Math.max(this.#freeAt, nowMs - savedMs);
    const waitMs = this.#freeAt - nowMs;
    this.#freeAt += (bytes / this.#rate) * 1000;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }

  get #rate(): number {
    return Math.max(lowestBandwidth, this.#bytesPerSecond / this.#workers);
  }
}
