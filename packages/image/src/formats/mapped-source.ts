import {
  assertRangeWithin,
  type ByteRange,
  KiB,
  MiB,
  rangeEnd,
  SampanError,
  throwIfCancelled,
} from "@sampan/core";
import type { BlockSource, BlockSourceFeatures } from "../block-source.ts";
import { cacheShare } from "../chain/cache-share.ts";
import { parentExtents, readParent } from "../chain/read-parent.ts";
import type { Extent } from "../extent.ts";
import { AsyncLru } from "../io/async-lru.ts";
import { joinExtents } from "../io/join-extents.ts";
import { runTasks, type Task } from "../io/parallel.ts";

/** Where a run of the disk's bytes is to be found. `length` is at least 1. */
export type Piece =
  | { readonly kind: "hole" | "zero"; readonly length: number }
  /** As the parent has it at the same place; zeros past the parent's end, and where there is no parent. */
  | { readonly kind: "parent"; readonly length: number }
  /** Stored as they are at `at` in the container. */
  | { readonly kind: "stored"; readonly length: number; readonly at: number }
  /** Inside a packed unit: `length` bytes from `skip` on of what the unit unpacks to. */
  | { readonly kind: "packed"; readonly length: number; readonly skip: number; readonly unit: PackedUnit };

/** One compressed unit of a container. */
export interface PackedUnit {
  /** Where its compressed bytes begin in the container; also its name in the cache. */
  readonly at: number;
  /** How many compressed bytes there are, or at most are. */
  readonly packedBytes: number;
}

/** What a format tells {@link MappedSource} about itself. */
export interface Mapping {
  readonly sizeBytes: number;
  /** Says where the bytes from `offset` on are; the longest run it knows at once, not past `end`. Bounded work a call. */
  locate(offset: number, end: number): Promise<Piece>;
  /** Unpacks a unit; must refuse what would unpack to more than a unit. Absent when nothing is ever packed. */
  unpack?(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array>;
}

/** What a {@link MappedSource} reads besides its container, and how much it keeps. It closes them all. */
export interface MappedSourceOptions {
  /** Where `stored` pieces lie, when not in the container. Packed units always lie in the container. */
  readonly data?: BlockSource;
  /** Where `parent` pieces come from. */
  readonly parent?: BlockSource;
  /** How many children the image has; see {@link cacheShare}. */
  readonly depth?: number;
}

/** Unpacked units kept for readers that come in small steps. */
const unpackedCacheBytes = 8 * MiB;
/** Packed units this near each other are fetched in one read of the container, up to this many bytes. */
const gatherGapBytes = 16 * KiB;
const gatherBytes = 2 * MiB;

/**
 * The disk inside a container with tables: turns a format's answers to "where is this byte" into reads and extents.
 *
 * Runs that follow each other in the container are read at once, straight into the caller's buffer. Packed units that lie
 * near each other are fetched together and unpacked in parallel, each once however many readers want it.
 */
export class MappedSource implements BlockSource {
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  readonly #container: BlockSource;
  readonly #mapping: Mapping;
  readonly #data: BlockSource;
  readonly #parent: BlockSource | undefined;
  readonly #unpacked: AsyncLru<Uint8Array>;

  constructor(container: BlockSource, mapping: Mapping, options: MappedSourceOptions = {}) {
    const { data = container, parent, depth = 0 } = options;
    this.#container = container;
    this.#mapping = mapping;
    this.#data = data;
    this.#parent = parent;
    this.#unpacked = new AsyncLru(cacheShare(unpackedCacheBytes, depth), (unit) => unit.length);
    this.sizeBytes = mapping.sizeBytes;
    this.features = {
      extents: !parent || parent.features.extents === "exact" ? "exact" : "coarse",
      stable: [container, data, parent].every((source) => source?.features.stable !== false),
    };
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    const gathering = new Gathering();
    const end = rangeEnd(range);
    let run: { at: number; from: number; to: number } | undefined;
    let inherited: { readonly from: number; to: number } | undefined;
    const endRun = () => {
      if (run) tasks.push(this.#readStored(run.at, into.subarray(run.from, run.to), signal));
      if (inherited) {
        const part = into.subarray(inherited.from, inherited.to);
        const at = range.offset + inherited.from;
        tasks.push(() => readParent(this.#parent, at, part, signal));
      }
      run = undefined;
      inherited = undefined;
    };
    for (let offset = range.offset; offset < end; ) {
      const piece = await this.#mapping.locate(offset, end);
      throwIfCancelled(signal);
      const from = offset - range.offset;
      const to = from + piece.length;
      if (piece.kind === "stored") {
        if (run && run.at + (run.to - run.from) === piece.at) run.to = to;
        else {
          endRun();
          run = { at: piece.at, from, to };
        }
      } else if (piece.kind === "parent") {
        if (inherited) inherited.to = to;
        else {
          endRun();
          inherited = { from, to };
        }
      } else {
        endRun();
        if (piece.kind === "packed") {
          const gathered = gathering.add(piece.unit);
          const part = into.subarray(from, to);
          tasks.push(async () => {
            const unit = await this.#unpackedUnit(piece.unit, gathered);
            if (unit.length < piece.skip + piece.length) throw shortUnit(piece.unit, unit.length);
            part.set(unit.subarray(piece.skip, piece.skip + piece.length));
          });
        } else into.fill(0, from, to);
      }
      offset += piece.length;
    }
    endRun();
    await runTasks(tasks);
    throwIfCancelled(signal);
  }

  async *extents(
    range: ByteRange = { offset: 0, length: this.sizeBytes },
    signal?: AbortSignal,
  ): AsyncGenerator<Extent> {
    assertRangeWithin(range, this.sizeBytes);
    throwIfCancelled(signal);
    yield* joinExtents(this.#listed(range, signal));
  }

  async close(): Promise<void> {
    this.#unpacked.clear();
    // All of them, also when one fails to close.
    const open = new Set([this.#container, this.#data, this.#parent]);
    const closed = await Promise.allSettled([...open].map((source) => source?.close()));
    const failed = closed.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }

  async *#listed(range: ByteRange, signal: AbortSignal | undefined): AsyncGenerator<Extent> {
    const end = rangeEnd(range);
    let inheritedFrom: number | undefined;
    for (let offset = range.offset; offset < end; ) {
      const piece = await this.#mapping.locate(offset, end);
      throwIfCancelled(signal);
      if (piece.kind === "parent") {
        inheritedFrom ??= offset;
        offset += piece.length;
        continue;
      }
      if (inheritedFrom !== undefined) yield* parentExtents(this.#parent, inheritedFrom, offset, signal);
      inheritedFrom = undefined;
      const kind = piece.kind === "hole" || piece.kind === "zero" ? piece.kind : "data";
      yield { offset, length: piece.length, kind };
      offset += piece.length;
    }
    if (inheritedFrom !== undefined) yield* parentExtents(this.#parent, inheritedFrom, end, signal);
  }

  #readStored(at: number, into: Uint8Array, signal: AbortSignal | undefined): Task {
    assertStored(at, into.length, this.#data.sizeBytes);
    return () => this.#data.read({ offset: at, length: into.length }, into, signal);
  }

  #unpackedUnit(unit: PackedUnit, gathered: Gathered): Promise<Uint8Array> {
    return this.#unpacked.get(unit.at, async () => {
      const packed = await gathered.bytes(this.#container);
      const from = unit.at - gathered.at;
      const unpack = this.#mapping.unpack;
      if (!unpack) throw new SampanError("CORE_INTERNAL", "a packed unit in a format that packs nothing");
      return unpack.call(this.#mapping, packed.subarray(from, from + unit.packedBytes), unit);
    });
  }
}

/** Packed units fetched by one read. */
class Gathered {
  readonly at: number;
  end: number;
  #bytes: Promise<Uint8Array> | undefined;

  constructor(unit: PackedUnit) {
    this.at = unit.at;
    this.end = unit.at + unit.packedBytes;
  }

  bytes(container: BlockSource): Promise<Uint8Array> {
    this.#bytes ??= (async () => {
      // The last unit of a container may be said to be longer than what is left.
      const length = Math.min(this.end, container.sizeBytes) - this.at;
      assertStored(this.at, Math.max(1, length), container.sizeBytes);
      // Filled whole by the read, or thrown away.
      const bytes = Buffer.allocUnsafeSlow(length);
      await container.read({ offset: this.at, length }, bytes);
      return bytes;
    })();
    return this.#bytes;
  }
}

class Gathering {
  #last: Gathered | undefined;

  /** The read a unit belongs to: the last one when it lies close behind it, else a new one. */
  add(unit: PackedUnit): Gathered {
    const last = this.#last;
    const end = unit.at + unit.packedBytes;
    if (last && unit.at >= last.at && unit.at <= last.end + gatherGapBytes && end - last.at <= gatherBytes) {
      last.end = Math.max(last.end, end);
      return last;
    }
    this.#last = new Gathered(unit);
    return this.#last;
  }
}

/** Refuses data that lies behind the end of its container with `IMAGE_TRUNCATED`. */
export function assertStored(at: number, length: number, containerBytes: number): void {
  if (at + length <= containerBytes) return;
  throw new SampanError(
    "IMAGE_TRUNCATED",
    `reading an image whose tables point to ${length} bytes at ${at} of a file of ${containerBytes} bytes`,
    { details: { offset: at, length, fileSizeBytes: containerBytes } },
  );
}

function shortUnit(unit: PackedUnit, length: number): SampanError {
  return new SampanError(
    "IMAGE_CORRUPT",
    `unpacking the data at ${unit.at}, which holds only ${length} bytes`,
    {
      details: { offset: unit.at, length },
    },
  );
}
