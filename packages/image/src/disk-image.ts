import type { JsonObject } from "@sampan/core";
import type { BlockSource } from "./block-source.ts";
import type { FilesOfImage } from "./image-place.ts";

/** Formats of image files that {@link openDiskImage} recognises. */
export const imageFormats = [
  "raw",
  "vhd",
  "vhdx",
  "vmdk",
  "qcow",
  "qcow2",
  "vdi",
  "parallels",
  "ova",
  "ovf",
  "gzip",
  "zstd",
  "xz",
] as const;

/** The name of one of {@link imageFormats}. */
export type ImageFormat = (typeof imageFormats)[number];

/** What an image file says about itself. Plain JSON. */
export interface DiskImageInfo {
  readonly format: ImageFormat;
  /** The variant, in the format's own word: `dynamic`, `fixed`, `monolithicSparse`, `streamOptimized`, `v3` … */
  readonly variant: string;
  /** Size of the disk inside, in bytes. */
  readonly virtualSizeBytes: number;
  /** Size of the file, in bytes. */
  readonly fileSizeBytes: number;
  /** Whether any of the data is compressed; `null` when only reading all of it would tell. */
  readonly compressed: boolean | null;
  /** Paths of the files the disk is made of, the named one first, then its parts, then those of its parents. */
  readonly files: readonly string[];
  /** The image this one holds the changes since, with its own parent in turn. Its path is the first of its `files`. */
  readonly parent?: DiskImageInfo;
  /** Set when a parent, of this image or of one of its parents, is not there and zeros stand in for it: not the whole disk. */
  readonly missingParent?: MissingParent;
  /** Facts of the format for people: creator, sizes of its units, timestamps. */
  readonly details: JsonObject;
}

/** A parent that an image was opened without. */
export interface MissingParent {
  /** Path of the image whose parent it is. */
  readonly childPath: string;
  readonly childFormat: ImageFormat;
  /** Where the image says its parent is, best first, as written; at most eight. Empty when it does not say. */
  readonly names: readonly string[];
  /** `absent`: no such file, or a part of it is not there; `outside`: not looked for, since it lies outside the allowed folders. */
  readonly reason: "absent" | "outside";
}

/** An open image file: what it says about itself, and the disk inside. */
export interface DiskImage {
  readonly path: string;
  readonly info: DiskImageInfo;
  /** The disk inside. Closing it closes the file. */
  readonly source: BlockSource;
}

/** Options of {@link openDiskImage}. */
export interface OpenImageOptions {
  /** Takes the file to be of this format instead of looking at its bytes. Needed for a raw disk that looks like something else. */
  readonly format?: ImageFormat;
  /**
   * Folders below which parents and parts that the image names may lie, besides the image's own folder. By default none: no
   * image may make Sampan read a file of its choice.
   */
  readonly allowPaths?: readonly string[];
  /** Where the image and the files it names lie, when that is no folder of this machine. `allowPaths` are then paths there. */
  readonly files?: FilesOfImage;
  /**
   * What to do when the parent of a differencing image is not there: `refuse` (default), or `zeros`, which opens what the image
   * holds itself and reads everything else as zero. That is not the whole disk; {@link DiskImageInfo.missingParent} is then set.
   */
  readonly missingParent?: "refuse" | "zeros";
  /** Opens the disk as it was when this internal snapshot was taken, by its name or id. QCOW2 only. */
  readonly snapshot?: string;
  /**
   * Which disk of an OVA or OVF to open: its place in the package's list, from 0 on, or the name of its file, or its id. Not needed
   * where there is only one. See {@link listPackagedDisks}.
   */
  readonly disk?: string | number;
  /**
   * Reads the description and the files of the opened disk once more, to the end, and holds their SHA-1, SHA-256 or SHA-512 against the
   * package's manifest (`.mf`). OVA and OVF only. A package without manifest is refused with `IMAGE_PART_MISSING`.
   */
  readonly checkManifest?: boolean;
  /** Limits for compressed images that must be unpacked before they can be read. */
  readonly unpacking?: UnpackingOptions;
  readonly signal?: AbortSignal;
}

/**
 * Limits for unpacking. A gzip or xz file, and a zstd file in one frame, can only be read from its beginning, so it is unpacked once into
 * a sparse scratch file that vanishes when the source is closed, or the process ends.
 */
export interface UnpackingOptions {
  /** Folder of the scratch file. Default: the system's folder for temporary files. */
  readonly scratchFolder?: string;
  /** Largest disk that is unpacked, in bytes. Default 1 TiB. */
  readonly maximumBytes?: number;
  /** Told while a file is unpacked how many of its packed bytes are done. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** How many times larger than the file the disk may be, above 2 GiB. Default 250; `Infinity` for mostly empty disks. */
  readonly maximumRatio?: number;
}
