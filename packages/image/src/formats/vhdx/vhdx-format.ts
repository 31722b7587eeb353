import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { openParent } from "../../chain/open-parent.ts";
import type { DiskImage } from "../../disk-image.ts";
import { textAt } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { BlockMapping } from "./block-mapping.ts";
import { readHeader, readRegions, vhdxMark } from "./headers.ts";
import { readMetadata } from "./metadata.ts";
import { replayLog } from "./replay-log.ts";

/** VHDX: fixed, dynamic and differencing, with the log replayed in memory. */
export const vhdxFormat: FormatReader = {
  format: "vhdx",
  recognises(file) {
    if (textAt(file.head, 0, vhdxMark.length) === vhdxMark) return true;
    if (!/\.a?vhdx$/i.test(file.path)) return false;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${file.path}, which is called a VHDX image and does not begin like one`,
      {
        hint: "Its first bytes may have been overwritten. If it is a raw disk, say so with the format `raw`.",
        details: { path: file.path },
      },
    );
  },
  open: openVhdx,
};

async function openVhdx(file: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const { path, signal, depth } = context;
  const mark = await readBytes(file, 0, vhdxMark.length, "the VHDX mark", signal);
  if (textAt(mark, 0, vhdxMark.length) !== vhdxMark)
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}: its VHDX mark is missing`);
  const header = await readHeader(file, path, signal);
  const { container, replayed } = await replayLog(file, header, path, signal);
  const regions = await readRegions(container, path, signal);
  const metadata = await readMetadata(container, regions, path, signal);
  const mapping = await BlockMapping.over(container, regions, metadata, depth, signal);
  const parent = metadata.parent && (await openVhdxParent(metadata.parent, context));
  return {
    variant: metadata.parent ? "differencing" : metadata.fixed ? "fixed" : "dynamic",
    source: new MappedSource(container, mapping, { depth, ...(parent && { parent: parent.source }) }),
    compressed: false,
    details: {
      blockBytes: metadata.blockBytes,
      logicalSectorBytes: metadata.sectorBytes,
      diskId: metadata.diskId,
      dataWriteId: header.dataWriteGuid,
      logReplayed: replayed,
    },
    ...(parent && { parent: parent.info }),
  };
}

/** Opens the parent the locator names; its data-write id must be the one the child was made on. */
async function openVhdxParent(
  locator: ReadonlyMap<string, string>,
  context: OpenContext,
): Promise<DiskImage | undefined> {
  const names = ["relative_path", "absolute_win32_path", "volume_path"].flatMap(
    (key) => locator.get(key) ?? [],
  );
  const parent = await openParent(context, names, { format: "vhdx", byBaseName: true });
  if (!parent) return undefined;
  const wanted = ["parent_linkage", "parent_linkage2"].flatMap((key) => {
    const id = locator.get(key);
    return id === undefined ? [] : [id.replace(/[{}]/g, "").toLowerCase()];
  });
  const found = parent.info.details.dataWriteId;
  if (wanted.some((id) => id === found)) return parent;
  await parent.source.close();
  const shown = (wanted[0] ?? "none").replace(/[^\w-]/g, "?").slice(0, 40);
  throw new SampanError(
    "IMAGE_PARENT_MISMATCH",
    `opening ${context.path}: its parent's data-write id is ${shown}, that of ${parent.path} is ${String(found)}`,
    {
      hint: "The parent was changed after this image was made on it, or is another one.",
      details: { path: context.path, parent: parent.path, wanted: shown, found: found ?? null },
    },
  );
}
