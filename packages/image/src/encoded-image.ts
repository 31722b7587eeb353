import type { ByteRange } from "@sampan/core";
import type { UnitOrder } from "./encoders/ordered-units.ts";
import type { Extent } from "./extent.ts";

/** Target formats an {@link EncodedImage} can have. */
export type EncodedFormat = "vhd" | "raw" | "qcow2";

/**
 * A disk in a target format, computed on demand.
 *
 * A pure function of an allocation map and a source: the layout is fixed when it is made, before any data is read, so
 * `sizeBytes` and the bytes of every range never change and any part can be produced by itself, in any order, in
 * parallel, and again after a crash. It does not own its source: closing that is the caller's business.
 */
export interface EncodedImage {
  readonly format: EncodedFormat;
  /** Size of the encoded file in bytes. */
  readonly sizeBytes: number;
  /** Size of the disk inside, in bytes: for VHD a whole number of MiB, never smaller than the source. */
  readonly virtualSizeBytes: number;
  /** How many bytes will really be read from the source when the whole image is read once. */
  readonly dataBytes: number;
  /** Fills `into` from `range` of the encoded file; the contract of {@link BlockSource.read} holds. */
  read(range: ByteRange, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Where the file is best cut into pieces: at `firstBytes`, and from there after every `everyBytes`. Between two such places it
   * keeps units of the source whole, so that none is unpacked for two pieces. Any other cut is right too, and slower.
   */
  readonly seams?: { readonly firstBytes: number; readonly everyBytes: number };

  /** In which order it stores the units of the disk, for a later image that is to lie the same; absent where the disk lies as it is. */
  readonly order?: UnitOrder;

  /**
   * Lists extents of the encoded file that cover `range` (all of it by default), in order, without gap or overlap: `data` is
   * worth reading, anything else is known to be zero without reading. An image without it is taken to be all data.
   */
  extents?(range?: ByteRange): Iterable<Extent>;
}
