import type { JsonObject } from "@sampan/core";
import type { AllocationMap } from "../allocation-map.ts";
import type { BlockSource } from "../block-source.ts";
import type {
  DiskImage,
  DiskImageInfo,
  ImageFormat,
  MissingParent,
  OpenImageOptions,
} from "../disk-image.ts";
import type { SiblingFiles } from "../sibling-files.ts";

/** What is known of a file before its format is. */
export interface ProbedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** The first bytes of the file, at most 256 KiB. */
  readonly head: Uint8Array;
  /** The last bytes of the file, at most 1 KiB. */
  readonly tail: Uint8Array;
}

/** What a format's reader may ask for besides the container's bytes. */
export interface OpenContext {
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  /** What the user asked for. */
  readonly options: OpenImageOptions;
  /** Opens parents and parts that the image names; nothing else may. */
  readonly siblings: SiblingFiles;
  /** How many children this image has: 0 for the one the user named. Deep ones keep smaller caches. */
  readonly depth: number;
  /** Records that zeros stand in for the parent, for {@link DiskImageInfo.missingParent}. */
  noteMissingParent(names: readonly string[], reason: MissingParent["reason"]): void;
  /** The holes of the container file; `undefined` when they cannot be told. */
  findHoles(): Promise<AllocationMap | undefined>;
  /**
   * Opens what the container holds as an image of its own, whose format is told by its bytes. Closing the image closes `inner`,
   * and so does a failure.
   *
   * @param name what to call it, behind the container's path.
   * @param holes the holes of `inner`, where they are known.
   */
  openInner(inner: BlockSource, name: string, holes?: AllocationMap): Promise<DiskImage>;
}

/** The disk inside a container, with what the container says about itself. */
export interface OpenedFormat {
  readonly variant: string;
  readonly source: BlockSource;
  readonly compressed: boolean | null;
  readonly details: JsonObject;
  /** Paths of further files of this image, parents not counted. The source closes them. */
  readonly parts?: readonly string[];
  /** What the parent says about itself. The source closes it too. */
  readonly parent?: DiskImageInfo;
  /** What the image inside a wrapping lacks. */
  readonly missingParent?: MissingParent;
}

/**
 * A format that can be read: one folder, one line in the registry.
 *
 * `recognises` only looks at the bytes it is given and does not throw for a file of another format; for a file that is of this
 * format but damaged so that another reader might take it for its own, it throws `IMAGE_CORRUPT`. `open` reads the headers and
 * throws `IMAGE_CORRUPT`, `IMAGE_TRUNCATED`, `IMAGE_ENCRYPTED` or `IMAGE_FORMAT_UNSUPPORTED`.
 * It does not close the container when it fails, but does close every sibling it opened; the source it returns closes it.
 */
export interface FormatReader {
  readonly format: ImageFormat;
  /** True for a format that is only a wrapping of other images. */
  readonly holdsImages?: true;
  recognises(file: ProbedFile): boolean;
  open(container: BlockSource, context: OpenContext): Promise<OpenedFormat>;
}
