import { assertRangeWithin, type ByteRange, MiB, rangeEnd, throwIfCancelled } from "@sampan/core";
import type { BlockSource, BlockSourceFeatures } from "../block-source.ts";
import { cacheShare } from "../chain/cache-share.ts";
import { parentExtents, readParent } from "../chain/read-parent.ts";
import { isDirect, markDirect } from "../copy/deferred-reads.ts";
import type { Extent } from "../extent.ts";
import { joinExtents } from "../io/join-extents.ts";
import { runTasks, type Task } from "../io/parallel.ts";
import { assertStored } from "./assert-stored.ts";
import { PackedUnits, type WantedUnit } from "./packed-units.ts";

export { assertStored };

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
  /** Set when the unit is a deflate stream that unpacks to a known size: many of those are inflated by worker threads. */
  readonly deflated?: Deflated;
}

/** How a deflate stream is wrapped, and how many bytes it unpacks to; more is refused. */
export interface Deflated {
  readonly wrapping: "zlib" | "raw";
  readonly unitBytes: number;
}

/** What a format tells {@link MappedSource} about itself. */
export interface Mapping {
  readonly sizeBytes: number;
  /** Says where the bytes from `offset` on are; the longest run it knows at once, not past `end`. Bounded work a call. */
  locate(offset: number, end: number): Promise<Piece>;
  /** Unpacks a unit; must refuse what would unpack to more than a unit. Absent when nothing is ever packed. */
  unpack?(packed: Uint8Array, unit: PackedUnit): Promise<Uint8Array>;
  /**
   * Where in its packed bytes the stream of a `deflated` unit lies, when that is not all of them. Refuses what `unpack` would
   * refuse before it inflates.
   */
  streamWithin?(packed: Uint8Array, unit: PackedUnit): { readonly from: number; readonly length: number };
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

/**
 * The disk inside a container with tables: turns a format's answers to "where is this byte" into reads and extents.
 *
 * Runs that follow each other in the container are read at once, straight into the caller's buffer. Packed units are left to
 * {@link PackedUnits}.
 */
export class MappedSource implements BlockSource {
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  readonly #container: BlockSource;
  readonly #mapping: Mapping;
  readonly #data: BlockSource;
  readonly #parent: BlockSource | undefined;
  readonly #packed: PackedUnits;

  constructor(container: BlockSource, mapping: Mapping, options: MappedSourceOptions = {}) {
    const { data = container, parent, depth = 0 } = options;
    this.#container = container;
    this.#mapping = mapping;
    this.#data = data;
    this.#parent = parent;
    this.#packed = new PackedUnits(container, mapping, cacheShare(unpackedCacheBytes, depth));
    this.sizeBytes = mapping.sizeBytes;
    if (isDirect(container, data, parent)) markDirect(this);
    this.features = {
      extents: !parent || parent.features.extents === "exact" ? "exact" : "coarse",
      stable: [container, data, parent].every((source) => source?.features.stable !== false),
    };
  }

  async read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void> {
    assertRangeWithin(range, this.sizeBytes, into.length);
    throwIfCancelled(signal);
    const tasks: Task[] = [];
    const packed: WantedUnit[] = [];
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
        if (piece.kind === "packed") packed.push({ unit: piece.unit, skip: piece.skip, from, to });
        else into.fill(0, from, to);
      }
      offset += piece.length;
    }
    endRun();
    this.#packed.plan(tasks, packed, into);
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
    this.#packed.clear();
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
}
