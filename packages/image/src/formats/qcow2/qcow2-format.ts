import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import type { DiskImage } from "../../disk-image.ts";
import type { ImageFile } from "../../image-place.ts";
import { textAt } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { openBackingFile } from "./backing-file.ts";
import { ClusterMapping, loadTopTable } from "./cluster-mapping.ts";
import { type HeaderExtensions, readExtensions } from "./header-extensions.ts";
import { headerBytes, headerOfSnapshot, parseQcow2Header, qcowMagic } from "./qcow2-header.ts";
import { findSnapshot } from "./snapshots.ts";
import { isVersionOne } from "./version-one.ts";

/**
 * QCOW2 versions 2 and 3: plain, zero and compressed clusters, subclusters, backing files, external data files, and internal
 * snapshots by name.
 */
export const qcow2Format: FormatReader = {
  format: "qcow2",
  recognises(file) {
    if (textAt(file.head, 0, 4) === qcowMagic) return !isVersionOne(file.head);
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
  const { path, signal, options } = context;
  const length = Math.max(48, Math.min(headerBytes, container.sizeBytes));
  const bytes = await readBytes(container, 0, length, "the QCOW2 header", signal);
  if (textAt(bytes, 0, 4) !== qcowMagic)
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its QCOW2 magic number is missing`);
  if (bytes.length < 72)
    throw new SampanError("IMAGE_TRUNCATED", `opening ${path}, which ends within its QCOW2 header`);
  const active = parseQcow2Header(bytes, path);
  const header =
    options.snapshot === undefined
      ? active
      : headerOfSnapshot(active, await findSnapshot(container, active, options.snapshot, path, signal), path);
  const extensions = await readExtensions(container, header, path, signal);
  const table = await loadTopTable(container, header, context);
  const data = header.externalData ? await openDataFile(extensions.dataFile, context) : undefined;
  const parent = await openBacking(extensions, context).catch(async (error: unknown) => {
    await data?.close();
    throw error;
  });
  const backed = extensions.backingName !== undefined;
  const mapping = new ClusterMapping(container, header, table, { data, backed, depth: context.depth });
  const source = new MappedSource(container, mapping, {
    depth: context.depth,
    ...(data && { data }),
    ...(parent && { parent: parent.source }),
  });
  return {
    variant: `v${header.version}`,
    source,
    compressed: header.externalData ? false : null,
    details: {
      clusterBytes: header.clusterBytes,
      compression: header.compression,
      subclusters: header.extended,
      snapshots: header.snapshots,
      snapshot: options.snapshot ?? null,
      dirty: header.dirty,
      lazyRefcounts: header.lazyRefcounts,
    },
    ...(data && { parts: [data.path] }),
    ...(parent && { parent: parent.info }),
  };
}

async function openBacking(
  extensions: HeaderExtensions,
  context: OpenContext,
): Promise<DiskImage | undefined> {
  if (extensions.backingName === undefined) return undefined;
  return openBackingFile(context, extensions.backingName, extensions.backingFormat);
}

function openDataFile(name: string | undefined, context: OpenContext): Promise<ImageFile> {
  if (name !== undefined && name !== "") return context.siblings.openFile(name, "data file");
  throw new SampanError(
    "IMAGE_PART_MISSING",
    `opening ${context.path}, a QCOW2 image that does not name its data file`,
    {
      hint: "Record its name: `qemu-img amend -o data_file=FILE IMAGE`.",
      details: { path: context.path },
    },
  );
}
