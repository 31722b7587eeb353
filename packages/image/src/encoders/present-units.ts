import { rangeEnd } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";

/** A run of units that hold data: `count` units from `first`, stored from rank `rank` on. */
export interface UnitRun {
  readonly first: number;
  readonly count: number;
  readonly rank: number;
}

/**
 * Which units (of a format's own size) of a disk hold data, and as the how-manyth each is stored when they are stored in
 * ascending order.
 *
 * Kept as runs, so its size follows the fragmentation of the map, not the size of the disk. Immutable.
 */
export class PresentUnits {
  readonly unitBytes: number;
  readonly runs: readonly UnitRun[];
  /** How many units are present. */
  readonly count: number;

  constructor(map: AllocationMap, unitBytes: number) {
    const runs: { first: number; count: number; rank: number }[] = [];
    let total = 0;
    for (const extent of map.extents) {
      if (extent.kind !== "data") continue;
      let first = Math.floor(extent.offset / unitBytes);
      const end = Math.ceil(rangeEnd(extent) / unitBytes);
      const last = runs[runs.length - 1];
      const lastEnd = last ? last.first + last.count : -1;
      if (first < lastEnd) first = lastEnd;
      if (first >= end) continue;
      if (last && first === lastEnd) last.count += end - first;
      else runs.push({ first, count: end - first, rank: total });
      total += end - first;
    }
    this.unitBytes = unitBytes;
    this.runs = runs;
    this.count = total;
  }

  /** The unit stored as the `rank`-th, counted from 0. */
  unitAt(rank: number): number {
    const run = this.#last((candidate) => candidate.rank <= rank);
    return run ? run.first + (rank - run.rank) : -1;
  }

  /** The unit stored as the `rank`-th, and how many units from it on, itself included, follow each other on the disk. */
  runAt(rank: number): { readonly first: number; readonly following: number } {
    const run = this.#last((candidate) => candidate.rank <= rank);
    if (!run) return { first: -1, following: 0 };
    return { first: run.first + (rank - run.rank), following: run.count - (rank - run.rank) };
  }

  /** As the how-manyth a unit is stored; -1 when it is absent. */
  rankOf(unit: number): number {
    const run = this.#last((candidate) => candidate.first <= unit);
    return run && unit < run.first + run.count ? run.rank + (unit - run.first) : -1;
  }

  /** Calls back for every run that touches `[first, first + count)`, cut at its ends. */
  forEachWithin(
    first: number,
    count: number,
    callback: (first: number, count: number, rank: number) => void,
  ): void {
    let index = this.#lastIndex((candidate) => candidate.first <= first);
    if (index < 0) index = 0;
    for (; index < this.runs.length; index++) {
      const run = this.runs[index] as UnitRun;
      if (run.first >= first + count) return;
      const from = Math.max(first, run.first);
      const to = Math.min(first + count, run.first + run.count);
      if (to > from) callback(from, to - from, run.rank + (from - run.first));
    }
  }

  #last(holds: (run: UnitRun) => boolean): UnitRun | undefined {
    return this.runs[this.#lastIndex(holds)];
  }

  #lastIndex(holds: (run: UnitRun) => boolean): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.runs[middle] as UnitRun)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
