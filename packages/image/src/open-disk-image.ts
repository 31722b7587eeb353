import { basename } from "node:path";
import { SampanError } from "@sampan/core";
import type { AllocationMap } from "./allocation-map.ts";
import type { BlockSource } from "./block-source.ts";
import { ImageChain } from "./chain/image-chain.ts";
import type { DiskImage, ImageFormat, MissingParent, OpenImageOptions } from "./disk-image.ts";
import { refuseForeignFormat } from "./formats/foreign-formats.ts";
import type { FormatReader, OpenContext, ProbedFile } from "./formats/format.ts";
import { formatReaders } from "./formats/registry.ts";
import { placeOf } from "./image-place.ts";
import { SiblingFiles } from "./sibling-files.ts";

/**
 * Opens an image file and the disk inside it.
 *
 * The format is told by the file's bytes. A file is taken for a raw disk only as a last resort, when it begins like a disk: with
 * an MBR, a GPT or a superblock Sampan knows. `{ format: "raw" }` takes any file as it is. A file that bears the marks of a
 * format but is damaged is refused and never taken for raw.
 *
 * A compressed image, and a disk in an OVA, is opened by the format of what is inside.
 *
 * Parents and parts that the image names are opened with it when they lie beside it or below one of `allowPaths`. With `files` all of
 * them, the image too, come from there instead of this machine's folders.
 *
 * @throws `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`; `IMAGE_FORMAT_UNKNOWN` when nothing is recognised; `IMAGE_FORMAT_UNSUPPORTED`
 * for a format or variant known by name but not read; `IMAGE_ENCRYPTED`; `IMAGE_CORRUPT` and `IMAGE_TRUNCATED` when headers
 * contradict the format or the file; `IMAGE_PARENT_REFUSED` and `IMAGE_PART_MISSING` for files that the image names;
 * `IMAGE_PARENT_MISMATCH` for a parent that is another one; `IMAGE_SNAPSHOT_UNKNOWN`;
 * `IMAGE_DISK_CHOICE` for a package of several disks of which none was chosen; `IMAGE_UNPACKS_TOO_LARGE` and `IMAGE_NO_SPACE`
 * for a compressed image that must be unpacked to be read.
 *
 * @example
 * ```ts
 * const image = await openDiskImage("web-01.vmdk");
 * console.log(image.info.variant, image.source.sizeBytes);
 * await image.source.close();
 * ```
 */
export async function openDiskImage(path: string, options: OpenImageOptions = {}): Promise<DiskImage> {
  // A path that leads nowhere is refused when it is opened.
  const real = await placeOf(options.files).realPath(path, options.signal);
  return openLink(path, options, ImageChain.from(real ?? path));
}

/**
 * Opens the disk in an image whose bytes are no file: an object in a store, part of another container.
 *
 * `path` stands for the image in messages, and what the image names is looked for beside it as for a file, so it should lie in
 * a folder that holds nothing else; `files` says where that is when it is no folder of this machine. The source returned closes `container`, and so does a failure.
 *
 * @throws as {@link openDiskImage}.
 */
export async function openContainedImage(
  container: BlockSource,
  path: string,
  options: OpenImageOptions = {},
): Promise<DiskImage> {
  return openContainer(container, path, options, {
    chain: ImageChain.from(path),
    nesting: 0,
    findHoles: async () => undefined,
  });
}

/** Opens one image of a chain, and by its format the next. */
async function openLink(path: string, options: OpenImageOptions, chain: ImageChain): Promise<DiskImage> {
  const { signal } = options;
  const file = await placeOf(options.files).open(path, signal);
  return openContainer(file, path, options, {
    chain,
    nesting: 0,
    findHoles: () => file.findHoles(signal),
  });
}

/** Where a container comes from. */
interface Origin {
  readonly chain: ImageChain;
  /** How many images it lies in: 0 for a file. */
  readonly nesting: number;
  findHoles(): Promise<AllocationMap | undefined>;
}

/** Images that lie in one another: a compressed disk in an OVA is the most that products make. */
const maximumNesting = 2;

/** Opens the image a container holds; closes the container when that fails. */
async function openContainer(
  container: BlockSource,
  path: string,
  options: OpenImageOptions,
  origin: Origin,
): Promise<DiskImage> {
  const { signal } = options;
  const { chain, nesting } = origin;
  try {
    const reader = options.format ? readerOf(options.format) : await recognise(container, path, signal);
    if (reader.holdsImages && nesting >= maximumNesting) {
      throw new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${path}, an image packed too many times`, {
        hint: `Unpack it: at most ${maximumNesting} wrappings are opened.`,
        details: { path, nesting },
      });
    }
    if (options.snapshot !== undefined && reader.format !== "qcow2" && !reader.holdsImages) {
      throw new SampanError(
        "IMAGE_SNAPSHOT_UNKNOWN",
        `opening a snapshot of ${path}, whose format has none`,
        {
          details: { path, format: reader.format },
        },
      );
    }
    // Who asks for a check must not take what was never checked for sound.
    if (options.checkManifest && !reader.holdsImages) {
      throw new SampanError("IMAGE_PART_MISSING", `checking the manifest of ${path}, whose format has none`, {
        hint: "Only OVA and OVF packages have one. Leave `checkManifest` (`--check-manifest`) out.",
        details: { path, format: reader.format },
      });
    }
    const isPackage = reader.format === "ova" || reader.format === "ovf";
    // The manifest is the package's: neither what it holds nor what an image names has one.
    const { checkManifest: _, ...ofParts } = options;
    let noted: MissingParent | undefined;
    const context: OpenContext = {
      path,
      signal,
      options,
      siblings: new SiblingFiles(path, ofParts, chain, openLink),
      depth: chain.depth,
      noteMissingParent: (names, reason) => {
        noted = { childPath: path, childFormat: reader.format, names, reason };
      },
      findHoles: origin.findHoles,
      openInner: (inner, name, holes) => {
        const { format: _, ...handedOn } = isPackage ? ofParts : options;
        const innerPath = `${path}/${name}`;
        return openContainer(inner, innerPath, handedOn, {
          chain: chain.next(innerPath, path, "content"),
          nesting: nesting + 1,
          findHoles: async () => holes,
        });
      },
    };
    const opened = await reader.open(container, context);
    const { source, variant, compressed, details, parts, parent } = opened;
    const missingParent = noted ?? parent?.missingParent ?? opened.missingParent;
    return {
      path,
      source,
      info: {
        format: reader.format,
        variant,
        virtualSizeBytes: source.sizeBytes,
        fileSizeBytes: container.sizeBytes,
        compressed,
        files: [path, ...(parts ?? []), ...(parent?.files ?? [])],
        details,
        ...(parent && { parent }),
        ...(missingParent && { missingParent }),
      },
    };
  } catch (error) {
    await container.close();
    throw error;
  }
}

function readerOf(format: ImageFormat): FormatReader {
  const reader = formatReaders.find((candidate) => candidate.format === format);
  if (!reader)
    throw new SampanError("CORE_ARGUMENT", `opening an image of the unknown format ${String(format)}`);
  return reader;
}

async function recognise(
  container: BlockSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<FormatReader> {
  const { sizeBytes } = container;
  const head = new Uint8Array(Math.min(sizeBytes, 256 * 1024));
  const tail = new Uint8Array(Math.min(sizeBytes, 1024));
  await container.read({ offset: 0, length: head.length }, head, signal);
  await container.read({ offset: sizeBytes - tail.length, length: tail.length }, tail, signal);
  const probed: ProbedFile = { path, sizeBytes, head, tail };
  for (const reader of formatReaders) {
    if (reader.format === "raw") refuseForeignFormat(probed);
    if (reader.recognises(probed)) return reader;
  }
  const number = /\.(\d{3,6})$/.exec(path)?.[1];
  throw new SampanError(
    "IMAGE_FORMAT_UNKNOWN",
    `opening ${basename(path)}: its ${sizeBytes} bytes neither bear the mark of an image format nor begin like a disk`,
    {
      details: { path, sizeBytes },
      ...(Number(number) > 0 && {
        hint: "If it is a part of a split disk, open the first part, which ends in .000 or .001.",
      }),
    },
  );
}
