import type { ByteRange } from "@sampan/core";
import type { Extent } from "./extent.ts";

/** What a block source knows about itself. */
export interface BlockSourceFeatures {
  /**
   * How good `extents()` is: `exact` lists every hole the medium knows, `coarse` calls more than needed `data`, `none`
   * calls everything `data`.
   */
  readonly extents: "exact" | "coarse" | "none";
  /** True when the same range gives the same bytes for as long as the source is open. */
  readonly stable: boolean;
}

/** Random-access bytes of a disk. Implemented by every format reader, live disk and filter. */
export interface BlockSource {
  /** Size of the disk in bytes; fixed while open. Need not be a multiple of a sector. */
  readonly sizeBytes: number;
  readonly features: BlockSourceFeatures;
  /**
   * Fills `into` from `range`; `into.length` must equal `range.length`.
   *
   * Holes read as zero; a range past the end is refused with `IMAGE_RANGE`. May be called many times at once. The
   * buffer belongs to the caller again when the promise settles; after a rejection its content is undefined.
   */
  read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Lists extents covering `range` (the whole disk by default), in order, with no gap or overlap, and neighbours of
   * one kind joined.
   */
  extents(range?: ByteRange, signal?: AbortSignal): AsyncIterable<Extent>;
  /** Frees files and memory. Reads in flight may fail; calling it twice is harmless. */
  close(): Promise<void>;
}
