import type { Clock } from "@sampan/core";
import { MiB } from "@sampan/core";
import type { Packing } from "./reader-script.ts";

/** How bytes are packed for the way: never, by a packer of choice, or where the way is slow. */
export type WireCompression = "none" | "auto" | "gzip" | "zstd";

/** Below this, packing with gzip's or zstd's fastest level is quicker than the way; above, it holds the reading up. */
const slowBytesPerSecond = 24 * MiB;
const measuredMs = 3_000;
const measuredBytes = 4 * MiB;

/**
 * Decides how answers are packed. `auto` begins without; when what arrived while something was waited for came slower than 24 MiB
 * a second, it packs from then on, and stops again for good when that turned out to be no faster.
 */
export class WirePacking {
  readonly #wanted: WireCompression;
  readonly #clock: Clock;
  #packs: boolean;
  #settled: boolean;
  #since: number | undefined;
  #waitedMs = 0;
  #bytes = 0;
  #before = 0;

  constructor(wanted: WireCompression, clock: Clock) {
    this.#wanted = wanted;
    this.#clock = clock;
    this.#packs = wanted === "gzip" || wanted === "zstd";
    this.#settled = wanted !== "auto";
  }

  /** How the next answer is to be packed, of what the channel can do. */
  choose(possible: ReadonlySet<Packing>): Packing {
    if (!this.#packs) return "plain";
    if (this.#wanted !== "gzip" && possible.has("zstd")) return "zstd";
    return this.#wanted !== "zstd" && possible.has("gzip") ? "gzip" : "plain";
  }

  /** Is told when something begins to be waited for, and when nothing is any more. */
  busy(isBusy: boolean): void {
    const now = this.#clock.monotonic();
    if (this.#since !== undefined) this.#waitedMs += now - this.#since;
    this.#since = isBusy ? now : undefined;
  }

  /** Is told of the bytes of the disk that arrived. */
  arrived(bytes: number): void {
    if (this.#settled) return;
    this.#bytes += bytes;
    if (this.#since !== undefined) this.busy(true);
    if (this.#waitedMs < measuredMs || this.#bytes < measuredBytes) return;
    const rate = (this.#bytes / this.#waitedMs) * 1000;
    if (this.#packs) {
      this.#packs = rate > this.#before * 1.1;
      this.#settled = true;
    } else if (rate < slowBytesPerSecond) {
      this.#packs = true;
      this.#before = rate;
    }
    this.#waitedMs = 0;
    this.#bytes = 0;
  }
}
