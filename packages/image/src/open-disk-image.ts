import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { SampanError } from "@sampan/core";
import { ImageChain } from "./chain/image-chain.ts";
import type { DiskImage, ImageFormat, OpenImageOptions } from "./disk-image.ts";
import { refuseForeignFormat } from "./formats/foreign-formats.ts";
import type { FormatReader, OpenContext, ProbedFile } from "./formats/format.ts";
import { formatReaders } from "./formats/registry.ts";
import { SiblingFiles } from "./sibling-files.ts";
import { type FileSource, openFileSource } from "./sources/file-source.ts";

/**
 * Opens an image file and the disk inside it.
 *
 * The format is told by the file's bytes. A file is taken for a raw disk only as a last resort, when it begins like a disk: with
 * an MBR, a GPT or a superblock Sampan knows. `{ format: "raw" }` takes any file as it is. A file that bears the marks of a
 * format but is damaged is refused and never taken for raw.
 *
 * Parents and parts that the image names are opened with it when they lie beside it or below one of `allowPaths`.
 *
 * @throws `IMAGE_NOT_FOUND`, `IMAGE_UNREADABLE`; `IMAGE_FORMAT_UNKNOWN` when nothing is recognised; `IMAGE_FORMAT_UNSUPPORTED`
 * for a format or variant known by name but not read; `IMAGE_ENCRYPTED`; `IMAGE_CORRUPT` and `IMAGE_TRUNCATED` when headers
 * contradict the format or the file; `IMAGE_PARENT_REFUSED` and `IMAGE_PART_MISSING` for files that the image names.
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
  const real = await realpath(path).catch(() => path);
  return openLink(path, options, ImageChain.from(real));
}

/** Opens one image of a chain, and by its format the next. */
async function openLink(path: string, options: OpenImageOptions, chain: ImageChain): Promise<DiskImage> {
  const { signal } = options;
  const file = await openFileSource(path, { findHoles: false, ...(signal && { signal }) });
  try {
    const reader = options.format ? readerOf(options.format) : await recognise(file, signal);
    const context: OpenContext = {
      path,
      signal,
      options,
      siblings: new SiblingFiles(path, options, chain, openLink),
      depth: chain.depth,
      findHoles: () => file.findHoles(signal),
    };
    const { source, variant, compressed, details, parts, parent } = await reader.open(file, context);
    return {
      path,
      source,
      info: {
        format: reader.format,
        variant,
        virtualSizeBytes: source.sizeBytes,
        fileSizeBytes: file.sizeBytes,
        compressed,
        files: [path, ...(parts ?? []), ...(parent?.files ?? [])],
        details,
        ...(parent && { parent }),
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function readerOf(format: ImageFormat): FormatReader {
  const reader = formatReaders.find((candidate) => candidate.format === format);
  if (!reader)
    throw new SampanError("CORE_ARGUMENT", `opening an image of the unknown format ${String(format)}`);
  return reader;
}

async function recognise(file: FileSource, signal: AbortSignal | undefined): Promise<FormatReader> {
  const head = new Uint8Array(Math.min(file.sizeBytes, 256 * 1024));
  const tail = new Uint8Array(Math.min(file.sizeBytes, 1024));
  await file.read({ offset: 0, length: head.length }, head, signal);
  await file.read({ offset: file.sizeBytes - tail.length, length: tail.length }, tail, signal);
  const probed: ProbedFile = { path: file.path, sizeBytes: file.sizeBytes, head, tail };
  for (const reader of formatReaders) {
    if (reader.format === "raw") refuseForeignFormat(probed);
    if (reader.recognises(probed)) return reader;
  }
  throw new SampanError(
    "IMAGE_FORMAT_UNKNOWN",
    `opening ${basename(file.path)}: its ${file.sizeBytes} bytes neither bear the mark of an image format nor begin like a disk`,
    { details: { path: file.path, sizeBytes: file.sizeBytes } },
  );
}
