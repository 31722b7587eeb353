import type { ByteRange } from "@sampan/core";

/** Above this many free runs small ones are kept as used, so that memory stays bounded on a fragmented disk. */
const maxFreeRanges = 200_000;

interface Run {
  readonly start: number;
  readonly end: number;
}

/** Free runs of a file system's units in order; neighbours are joined, and small runs dropped when there are very many. */
export class FreeRuns {
  #runs: Run[] = [];
  #smallest = 1;

  /**
   * Adds the clear bits among the first `bits` of a bitmap, lowest bit of a byte first, and returns how many there are.
   *
   * Bit 0 stands for unit `first`, each bit for `ratio` units; units from `end` on are left out.
   */
  addClearBits(
    bitmap: Uint8Array,
    bits: number,
    first: number,
    ratio = 1,
    end = Number.POSITIVE_INFINITY,
  ): number {
    let count = 0;
    let position = 0;
    while (position < bits) {
      const byte = bitmap[position >>> 3] as number;
      if (byte === 0xff && (position & 7) === 0) {
        position += 8;
        continue;
      }
      if ((byte >>> (position & 7)) & 1) {
        position++;
        continue;
      }
      const start = position;
      while (position < bits) {
        const next = bitmap[position >>> 3] as number;
        if (next === 0 && (position & 7) === 0) position = Math.min(position + 8, bits);
        else if (((next >>> (position & 7)) & 1) === 0) position++;
        else break;
      }
      count += position - start;
      this.add(first + start * ratio, Math.min(first + position * ratio, end));
    }
    return count;
  }

  /** Adds a run, `end` not included; it must not begin before the last one ends. */
  add(start: number, end: number): void {
    const last = this.#runs[this.#runs.length - 1];
    if (last && last.end === start) {
      this.#runs[this.#runs.length - 1] = { start: last.start, end };
      return;
    }
    this.#runs.push({ start, end });
    while (this.#runs.length > maxFreeRanges) {
      this.#smallest *= 2;
      this.#runs = this.#runs.filter((run) => run.end - run.start >= this.#smallest);
    }
  }

  /** The runs in bytes: unit 0 begins at `base`. */
  toRanges(unitBytes: number, base = 0): readonly ByteRange[] {
    return this.#runs.map(({ start, end }) => ({
      offset: base + start * unitBytes,
      length: (end - start) * unitBytes,
    }));
  }
}
