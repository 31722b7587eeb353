import { type ByteRange, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { refuseNameOutside } from "../named-files.ts";
import { readBytes } from "../read-bytes.ts";
import { ClusterMapping, loadTopTable } from "./cluster-mapping.ts";
import { headerBytes, parseQcow2Header, qcowMagic } from "./qcow2-header.ts";

/** QCOW2 versions 2 and 3 in one file: plain, deflate-compressed and zero clusters. */
export const qcow2Format: FormatReader = {
  format: "qcow2",
  recognises(file) {
    if (textAt(file.head, 0, 4) === qcowMagic) return true;
    if (!/\.qcow2?$/i.test(file.path)) return false;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${file.path}, which is called a QCOW2 image and does not begin like one`,
      {
        hint: "Its first bytes may have been overwritten. If it is a raw disk, say so with the format `raw`.",
        details: { path: file.path },
      },
    );
  },
  open: openQcow2,
};

async function openQcow2(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const length = Math.max(72, Math.min(headerBytes, container.sizeBytes));
  const bytes = await readBytes(container, 0, length, "the QCOW2 header", context.signal);
  if (textAt(bytes, 0, 4) !== qcowMagic) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${context.path}: its QCOW2 magic number is missing`);
  }
  const header = parseQcow2Header(bytes, context.path);
  if (header.backingName.length > 0) await refuseBackingFile(container, header.backingName, context);
  const table = await loadTopTable(container, header, context.signal);
  return {
    variant: `v${header.version}`,
    source: new MappedSource(container, new ClusterMapping(container, header, table)),
    compressed: null,
    details: {
      clusterBytes: header.clusterBytes,
      snapshots: header.snapshots,
      dirty: header.dirty,
      lazyRefcounts: header.lazyRefcounts,
    },
  };
}

async function refuseBackingFile(
  container: BlockSource,
  place: ByteRange,
  context: OpenContext,
): Promise<never> {
  const what = "the name of the backing file";
  const name = Buffer.from(
    await readBytes(container, place.offset, place.length, what, context.signal),
  ).toString("utf8");
  refuseNameOutside(context.path, name, "backing file");
  throw new SampanError(
    "IMAGE_FORMAT_UNSUPPORTED",
    `opening ${context.path}, a QCOW2 image with a backing file`,
    {
      hint: "Merge it first: `qemu-img convert -O qcow2` writes the whole disk into one file.",
      details: { path: context.path, variant: "a backing file" },
    },
  );
}
