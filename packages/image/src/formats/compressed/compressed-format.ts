import { basename } from "node:path";
import { rangeEnd } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import type { DiskImage } from "../../disk-image.ts";
import { unxz } from "../../lzma/unxz.ts";
import { looksLikeXz } from "../../lzma/xz-headers.ts";
import { alsoClosing, withoutClose } from "../closing.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { gunzipAll, indexBgzf, looksLikeGzip } from "./gzip.ts";
import { readWhole } from "./packed-reader.ts";
import { unpackToScratch } from "./scratch.ts";
import type { UnitIndex } from "./unit-index.ts";
import { indexZstd, looksLikeZstd, unzstdAll } from "./zstd.ts";

interface Packing {
  /** An index of units that can be unpacked one by one; `undefined` when the file is not made of such. */
  index?(container: BlockSource, signal: AbortSignal | undefined): Promise<UnitIndex | undefined>;
  /** Everything, in order. */
  unpack(container: BlockSource, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
}

/** gzip: read in place when it is blocked (BGZF), else unpacked once into a scratch file. */
export const gzipFormat: FormatReader = {
  format: "gzip",
  holdsImages: true,
  recognises: (file) => looksLikeGzip(file.head),
  open: (container, context) => openPacked(container, context, { index: indexBgzf, unpack: gunzipAll }),
};

/** zstd: read in place when it is in small frames that say their size, else unpacked once into a scratch file. */
export const zstdFormat: FormatReader = {
  format: "zstd",
  holdsImages: true,
  recognises: (file) => looksLikeZstd(file.head),
  open: (container, context) => openPacked(container, context, { index: indexZstd, unpack: unzstdAll }),
};

/** xz: unpacked once into a scratch file. */
export const xzFormat: FormatReader = {
  format: "xz",
  holdsImages: true,
  recognises: (file) => looksLikeXz(file.head),
  open: (container, context) =>
    openPacked(container, context, {
      unpack: (packed, signal) => unxz(readWhole(packed, signal)),
    }),
};

async function openPacked(
  container: BlockSource,
  context: OpenContext,
  packing: Packing,
): Promise<OpenedFormat> {
  const name = basename(context.path).replace(/\.(gz|gzip|bgz|zst|zstd|xz)$/i, "");
  const index = await packing.index?.(container, context.signal);
  if (index) {
    // A failure to open what is inside must leave the container to the caller.
    const unpacked = new MappedSource(withoutClose(container), index, { depth: context.depth });
    const image = await context.openInner(unpacked, name);
    return opened(image, alsoClosing(image.source, container), {
      access: "indexed",
      units: index.count,
      unpackedBytes: index.sizeBytes,
    });
  }
  const { onProgress } = context.options.unpacking ?? {};
  const pieces = packing.unpack(onProgress ? telling(container, onProgress) : container, context.signal);
  const { source, map } = await unpackToScratch(pieces, container.sizeBytes, context);
  const image = await context.openInner(source, name, map);
  return opened(image, alsoClosing(image.source, container), {
    access: "unpacked",
    unpackedBytes: map.sizeBytes,
  });
}

/** The container, which tells how far it has been read. */
function telling(
  container: BlockSource,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): BlockSource {
  return {
    sizeBytes: container.sizeBytes,
    features: container.features,
    async read(range, into, signal) {
      await container.read(range, into, signal);
      onProgress(rangeEnd(range), container.sizeBytes);
    },
    extents: (range, signal) => container.extents(range, signal),
    close: () => container.close(),
  };
}

function opened(
  image: DiskImage,
  source: BlockSource,
  details: { readonly access: string; readonly unpackedBytes: number; readonly units?: number },
): OpenedFormat {
  const { format, variant, virtualSizeBytes, details: inner, missingParent } = image.info;
  return {
    variant: `${format} ${variant}`,
    source,
    compressed: true,
    details: { ...details, image: { format, variant, virtualSizeBytes, details: inner } },
    ...(missingParent && { missingParent }),
  };
}
