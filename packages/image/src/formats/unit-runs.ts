import type { BlockSource } from "../block-source.ts";
import { assertStored } from "./assert-stored.ts";
import type { PackedUnit } from "./mapped-source.ts";

/** Units this near each other in the container are fetched in one read. */
const gapBytes = 16 * 1024;

/** A run of the container to be fetched, and where in a buffer it goes. */
interface Run {
  readonly at: number;
  length: number;
  readonly to: number;
}

/**
 * The packed bytes of some units, fetched into one buffer by few reads.
 *
 * Units must be added in the order they have in the container. Those that lie near each other share a read, so what lies between
 * them is fetched too.
 */
export class UnitRuns {
  readonly #runs: Run[] = [];
  readonly #containerBytes: number;
  #length = 0;

  constructor(containerBytes: number) {
    this.#containerBytes = containerBytes;
  }

  /** How long the buffer must be. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds a unit and says where in the buffer its bytes will be: `undefined`, and nothing is added, when the buffer would be longer
   * than `limitBytes`; the first unit is always taken.
   */
  add(unit: PackedUnit, limitBytes: number): { readonly from: number; readonly length: number } | undefined {
    // The last unit of a container may be said to be longer than what is left.
    const length = Math.min(unit.packedBytes, this.#containerBytes - unit.at);
    assertStored(unit.at, Math.max(1, length), this.#containerBytes);
    const last = this.#runs.at(-1);
    const isNear = last !== undefined && unit.at >= last.at && unit.at <= last.at + last.length + gapBytes;
    const grownBy = isNear ? Math.max(0, unit.at + length - (last.at + last.length)) : length;
    if (last && this.#length + grownBy > limitBytes) return undefined;
    let run = last;
    if (run && isNear) run.length += grownBy;
    else {
      run = { at: unit.at, length, to: this.#length };
      this.#runs.push(run);
    }
    this.#length += grownBy;
    return { from: run.to + (unit.at - run.at), length };
  }

  /** Fills a buffer of `length` bytes. Settles only when no read is under way any more. */
  async fetch(container: BlockSource, into: Uint8Array): Promise<void> {
    const reads = this.#runs.map(({ at, length, to }) => {
      const range = { offset: at, length };
      return container.read(range, into.subarray(to, to + length));
    });
    const failed = (await Promise.allSettled(reads)).find((read) => read.status === "rejected");
    if (failed) throw failed.reason;
  }
}
