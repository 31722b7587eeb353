import { MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "../block-source.ts";
import { borrowShared, returnShared } from "../inflate/buffer-shelf.ts";
import { type InflatePlace, inflatePool } from "../inflate/inflate-pool.ts";
import { isShared } from "../inflate/shared-bytes.ts";
import { AsyncLru } from "../io/async-lru.ts";
import type { Task } from "../io/parallel.ts";
import { damagedUnit } from "./inflate.ts";
import type { Mapping, PackedUnit } from "./mapped-source.ts";
import { UnitRuns } from "./unit-runs.ts";

/** Bytes wanted of a packed unit: what it unpacks to from `skip` on goes to `[from, to)` of the caller's buffer. */
export interface WantedUnit {
  readonly unit: PackedUnit;
  readonly skip: number;
  readonly from: number;
  readonly to: number;
}

/** Packed bytes fetched at once, and bytes inflated at once by way of a lent buffer; a single unit may take more. */
const batchBytes = 2 * MiB;
/** From this many units on the worker threads are worth the messages. */
const manyUnits = 8;

/** Units that are handled together, and where in the bytes fetched for them each lies. */
interface Batch {
  readonly runs: UnitRuns;
  readonly units: { readonly wanted: WantedUnit; readonly from: number; readonly length: number }[];
  /** Sum of the bytes wanted. */
  bytes: number;
}

/**
 * Fetches and unpacks the packed units of a container.
 *
 * Many whole units are inflated by worker threads, straight into the caller's buffer when that is shared memory, and are not
 * kept: who reads that much goes on to the next. Few units, and those of which only a part is wanted, are unpacked one by one,
 * each once however many readers want it, and the last ones are kept.
 */
export class PackedUnits {
  readonly #container: BlockSource;
  readonly #mapping: Mapping;
  readonly #kept: AsyncLru<Uint8Array>;

  constructor(container: BlockSource, mapping: Mapping, cacheBytes: number) {
    this.#container = container;
    this.#mapping = mapping;
    this.#kept = new AsyncLru(cacheBytes, (unit) => unit.length);
  }

  /** Drops what is kept. */
  clear(): void {
    this.#kept.clear();
  }

  /** Adds tasks that fill `into` with what is wanted. */
  plan(tasks: Task[], wanted: readonly WantedUnit[], into: Uint8Array): void {
    if (wanted.length === 0) return;
    const inPlace = [...wanted].sort((a, b) => a.unit.at - b.unit.at);
    let whole = inPlace.filter(isWhole);
    if (whole.length < manyUnits) whole = [];
    const single = whole.length === 0 ? inPlace : inPlace.filter((one) => !isWhole(one));
    for (const batch of this.#batches(whole)) tasks.push(() => this.#inflate(batch, into));
    for (const batch of this.#batches(single)) {
      let fetched: Promise<Uint8Array> | undefined;
      const fetch = () => {
        fetched ??= this.#fetch(batch);
        return fetched;
      };
      for (const one of batch.units) {
        tasks.push(async () => {
          const bytes = await this.#unpacked(one.wanted.unit, async () =>
            (await fetch()).subarray(one.from, one.from + one.length),
          );
          copyUnit(one.wanted, bytes, into);
        });
      }
    }
  }

  #batches(wanted: readonly WantedUnit[]): Batch[] {
    const all: Batch[] = [];
    let last: Batch | undefined;
    for (const one of wanted) {
      const bytes = one.to - one.from;
      const limit = last && last.bytes + bytes > batchBytes ? 0 : batchBytes;
      let place = last?.runs.add(one.unit, limit);
      if (!last || !place) {
        last = { runs: new UnitRuns(this.#container.sizeBytes), units: [], bytes: 0 };
        all.push(last);
        place = last.runs.add(one.unit, batchBytes) ?? { from: 0, length: 0 };
      }
      last.units.push({ wanted: one, ...place });
      last.bytes += bytes;
    }
    return all;
  }

  async #fetch({ runs }: Batch): Promise<Uint8Array> {
    // Filled whole by the read, or thrown away.
    const bytes = Buffer.allocUnsafeSlow(runs.length);
    await runs.fetch(this.#container, bytes);
    return bytes;
  }

  async #inflate(batch: Batch, into: Uint8Array): Promise<void> {
    const packed = borrowShared(batch.runs.length);
    const target = isShared(into) ? into : borrowShared(batch.bytes);
    try {
      await batch.runs.fetch(this.#container, packed);
      const places = this.#places(batch, packed, target === into);
      const { wrapping } = batch.units[0]?.wanted.unit.deflated ?? { wrapping: "raw" };
      const inflated = await inflatePool.inflate(packed, wrapping, target, places);
      for (const [index, { wanted }] of batch.units.entries()) {
        const got = inflated[index] as number | string;
        if (typeof got === "string") throw damagedUnit(wanted.unit.at, wanted.unit.packedBytes, got);
        if (got < wanted.to - wanted.from) throw shortUnit(wanted.unit, got);
        if (target === into) continue;
        const { to } = places[index] as InflatePlace;
        into.set(target.subarray(to, to + got), wanted.from);
      }
    } finally {
      returnShared(packed);
      if (target !== into) returnShared(target);
    }
  }

  #places(batch: Batch, packed: Uint8Array, direct: boolean): InflatePlace[] {
    let filled = 0;
    return batch.units.map(({ wanted, from, length }) => {
      const stream = this.#mapping.streamWithin?.(packed.subarray(from, from + length), wanted.unit);
      const room = wanted.to - wanted.from;
      const to = direct ? wanted.from : filled;
      filled += room;
      return { from: from + (stream?.from ?? 0), length: stream?.length ?? length, to, room };
    });
  }

  #unpacked(unit: PackedUnit, fetch: () => Promise<Uint8Array>): Promise<Uint8Array> {
    return this.#kept.get(unit.at, async () => {
      const { unpack } = this.#mapping;
      if (!unpack) throw new SampanError("CORE_INTERNAL", "a packed unit in a format that packs nothing");
      return unpack.call(this.#mapping, await fetch(), unit);
    });
  }
}

function isWhole(one: WantedUnit): boolean {
  return one.to - one.from === one.unit.deflated?.unitBytes;
}

function copyUnit({ unit, skip, from, to }: WantedUnit, bytes: Uint8Array, into: Uint8Array): void {
  const end = skip + (to - from);
  if (bytes.length < end) throw shortUnit(unit, bytes.length);
  into.set(bytes.subarray(skip, end), from);
}

function shortUnit(unit: PackedUnit, length: number): SampanError {
  return new SampanError(
    "IMAGE_CORRUPT",
    `unpacking the data at ${unit.at}, which holds only ${length} bytes`,
    { details: { offset: unit.at, length } },
  );
}
