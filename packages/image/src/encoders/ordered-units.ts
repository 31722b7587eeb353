import { SampanError } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import { PresentUnits, type UnitRun } from "./present-units.ts";

/**
 * In which order an image stores its units: runs of units that follow each other on the disk, each as its first unit and how many.
 * Plain JSON, small: its length follows the fragmentation of the disk.
 */
export type UnitOrder = readonly (readonly [first: number, count: number])[];

/**
 * The units of a disk an image stores, by the place each is stored at: first those of an earlier order, where they were, then
 * whatever else holds data, ascending.
 *
 * A unit of the earlier order that holds no data any more keeps its place, so that nothing behind it moves.
 */
export class OrderedUnits {
  readonly unitBytes: number;
  /** By rank. */
  readonly runs: readonly UnitRun[];
  /** How many units are stored. */
  readonly count: number;

  /** @throws `CORE_ARGUMENT` for an order that names a unit twice or one the disk does not have. */
  constructor(map: AllocationMap, unitBytes: number, before: UnitOrder = []) {
    const kept = sortedOrder(before, Math.ceil(map.sizeBytes / unitBytes));
    const runs: { first: number; count: number; rank: number }[] = [];
    let total = 0;
    const add = (first: number, count: number) => {
      const last = runs.at(-1);
      if (last && last.first + last.count === first) last.count += count;
      else runs.push({ first, count, rank: total });
      total += count;
    };
    for (const [first, count] of before) add(first, count);
    let next = 0;
    for (const present of new PresentUnits(map, unitBytes).runs) {
      const end = present.first + present.count;
      let from = present.first;
      // Runs of the earlier order that end before this one are done with.
      while (next < kept.length && endOf(kept[next]) <= from) next++;
      for (let index = next; from < end; index++) {
        const [first, count] = kept[index] ?? [end, 0];
        if (first > from) add(from, Math.min(first, end) - from);
        from = Math.max(from, Math.min(first, end), first + count);
      }
    }
    this.unitBytes = unitBytes;
    this.runs = runs;
    this.count = total;
  }

  /** The unit stored as the `rank`-th, counted from 0; -1 when there are not so many. */
  unitAt(rank: number): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.runs[middle] as UnitRun).rank <= rank) low = middle + 1;
      else high = middle;
    }
    const run = this.runs[low - 1];
    return run && rank < run.rank + run.count ? run.first + (rank - run.rank) : -1;
  }

  /** To be given as `before` to a later encoding of the same disk. */
  get order(): UnitOrder {
    return this.runs.map(({ first, count }) => [first, count] as const);
  }
}

function endOf(run: UnitOrder[number] | undefined): number {
  return run === undefined ? 0 : run[0] + run[1];
}

/** The runs by their first unit; an order comes from a file, so it is not believed. */
function sortedOrder(order: UnitOrder, units: number): UnitOrder {
  const sorted = [...order].sort(([a], [b]) => a - b);
  let position = 0;
  for (const [first, count] of sorted) {
    const fits = Number.isSafeInteger(first) && Number.isSafeInteger(count) && count > 0;
    if (!fits || first < position || first + count > units) {
      throw new SampanError(
        "CORE_ARGUMENT",
        `encoding a disk of ${units} units in an order that stores ${count} from ${first} on`,
        { hint: "Give the order of an earlier image of the same disk, or none." },
      );
    }
    position = first + count;
  }
  return sorted;
}
