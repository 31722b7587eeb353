import { isSampanError, KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { UnitTableMapping } from "../unit-table.ts";

/*
 * Parallels' expandable image, little-endian, after QEMU's docs/interop/parallels.txt: mark (16), version (4), heads (4),
 * cylinders (4), sectors of a cluster (4), entries of the table (4), sectors of the disk (8), whether it is in use (4), first data
 * sector (4), flags (4), place of the extension (8). The table follows at byte 64.
 */

/** The older mark counts places in sectors and keeps 32 bits of the size; the newer one counts places in clusters. */
const marks = { sectors: "WithoutFreeSpace", clusters: "WithouFreSpacExt" } as const;
const headerBytes = 64;
const inUseMark = 0x746f6e59;
const descriptorName = "DiskDescriptor.xml";

/** Parallels: one expandable image that holds the whole disk. */
export const parallelsFormat: FormatReader = {
  format: "parallels",
  recognises: (file) => {
    const mark = textAt(file.head, 0, 16);
    return mark === marks.sectors || mark === marks.clusters;
  },
  open: openParallels,
};

async function openParallels(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const { path, signal, depth } = context;
  const wrong = (what: string) =>
    new SampanError("IMAGE_CORRUPT", `opening ${path}, a Parallels image: ${what}`);
  const bytes = await readBytes(container, 0, headerBytes, "the Parallels header", signal);
  const view = viewOf(bytes);
  const mark = textAt(bytes, 0, 16);
  if (mark !== marks.sectors && mark !== marks.clusters) throw wrong("its mark is missing");
  const version = view.getUint32(16, true);
  if (version !== 2) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${path}, a Parallels image of version ${version}`,
      {
        hint: "Version 2 is read.",
        details: { path, version },
      },
    );
  }
  const clusterBytes = view.getUint32(28, true) * 512;
  if (clusterBytes < 512 || clusterBytes > 256 * MiB) throw wrong(`its clusters have ${clusterBytes} bytes`);
  const extended = mark === marks.clusters;
  const sectors = extended ? view.getBigUint64(36, true) : BigInt(view.getUint32(36, true));
  const sizeBytes = safeInteger(sectors * 512n, "the size of the Parallels disk");
  const entries = view.getUint32(32, true);
  const needed = Math.ceil(sizeBytes / clusterBytes);
  if (sizeBytes === 0 || entries < needed)
    throw wrong(`its table has ${entries} entries and its size needs ${needed}`);
  await refusePartOfBundle(context);
  const stepBytes = extended ? clusterBytes : 512;
  const mapping = await UnitTableMapping.over(
    container,
    {
      name: "the Parallels block table",
      sizeBytes,
      tableOffset: headerBytes,
      unitBytes: clusterBytes,
      kindOf: (entry) => (entry === 0 ? "hole" : undefined),
      placeOf: (entry) => entry * stepBytes,
    },
    depth,
    signal,
  );
  return {
    variant: extended ? "extended" : "plain",
    source: new MappedSource(container, mapping, { depth }),
    compressed: false,
    details: { clusterBytes, inUse: view.getUint32(44, true) === inUseMark },
  };
}

/**
 * A snapshot's image looks like a whole one: only the descriptor of the bundle beside it tells. One that lists several images is
 * refused, because what the others hold would be missing.
 */
async function refusePartOfBundle({ path, siblings, signal }: OpenContext): Promise<void> {
  const descriptor = await siblings.openFile(descriptorName, "descriptor").catch((error: unknown) => {
    if (isSampanError(error) && error.code !== "CORE_CANCELLED") return undefined;
    throw error;
  });
  if (!descriptor) return;
  try {
    const length = Math.min(descriptor.sizeBytes, 256 * KiB);
    const bytes = await readBytes(descriptor, 0, length, "the Parallels descriptor", signal);
    const images =
      Buffer.from(bytes)
        .toString("utf8")
        .match(/<Image>/g)?.length ?? 0;
    if (images <= 1) return;
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${path}, one of the ${images} images of a Parallels disk with snapshots or parts`,
      {
        hint: "Delete the snapshots in Parallels, or merge them with `prl_disk_tool merge`, so that one image is left.",
        details: { path, variant: "part of a Parallels disk", images },
      },
    );
  } finally {
    await descriptor.close();
  }
}
