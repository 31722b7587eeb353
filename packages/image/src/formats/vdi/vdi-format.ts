import { KiB, MiB, SampanError, safeInteger } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { readBytes } from "../read-bytes.ts";
import { UnitTableMapping } from "../unit-table.ts";
import { headerBytes, vdiMark as mark, openVdiParent, vdiIds } from "./vdi-parent.ts";

/*
 * VirtualBox's VDI, version 1.1, little-endian, as VirtualBox's VDICore.h and QEMU's block/vdi.c describe it: a text of 64 bytes,
 * mark (4), version (4), header size (4), type (4), flags (4), comment (256), place of the block table (4) and of the data (4),
 * geometry (16), unused (4), disk size (8), block size (4), extra bytes of a block (4), blocks (4), blocks in the file (4), then
 * the ids of the image, of its last change, of its parent and of the parent's last change (16 each).
 */

const types: Readonly<Record<number, string>> = { 1: "dynamic", 2: "fixed", 3: "undo", 4: "differencing" };
const absentEntry = 0xffffffff;
const zeroEntry = 0xfffffffe;

/** VDI: dynamic, fixed, and differencing with its parent beside it. */
export const vdiFormat: FormatReader = {
  format: "vdi",
  recognises(file) {
    if (textAt(file.head, 64, 4) === mark) return true;
    if (!/\.vdi$/i.test(file.path)) return false;
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${file.path}, which is called a VDI image and does not bear its mark`,
      {
        hint: "Its first bytes may have been overwritten. If it is a raw disk, say so with the format `raw`.",
        details: { path: file.path },
      },
    );
  },
  open: openVdi,
};

async function openVdi(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const { path, signal, depth } = context;
  const wrong = (what: string) => new SampanError("IMAGE_CORRUPT", `opening ${path}, a VDI image: ${what}`);
  const unsupported = (variant: string, hint: string) =>
    new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${path}, a VDI image: ${variant}`, {
      hint,
      details: { path, variant },
    });
  const bytes = await readBytes(container, 0, headerBytes, "the VDI header", signal);
  const view = viewOf(bytes);
  if (textAt(bytes, 64, 4) !== mark) throw wrong("its mark is missing");
  const version = view.getUint32(68, true);
  if (version !== 0x00010001)
    throw unsupported(
      `version ${version >>> 16}.${version & 0xffff}`,
      "Version 1.1 is read; clone it with VirtualBox.",
    );
  const type = view.getUint32(76, true);
  const variant = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!variant) throw wrong(`its type is ${type}`);
  const inherits = type >= 3;
  const blockBytes = view.getUint32(376, true);
  if (blockBytes < 4 * KiB || blockBytes > 256 * MiB || (blockBytes & (blockBytes - 1)) !== 0)
    throw wrong(`its blocks have ${blockBytes} bytes`);
  if (view.getUint32(380, true) !== 0)
    throw unsupported("extra bytes before each block", "Clone it with VirtualBox.");
  const sizeBytes = safeInteger(view.getBigUint64(368, true), "the size of the VDI disk");
  const blocks = view.getUint32(384, true);
  const needed = Math.ceil(sizeBytes / blockBytes);
  if (sizeBytes === 0 || blocks < needed)
    throw wrong(`its table has ${blocks} entries and its size needs ${needed}`);
  const dataOffset = view.getUint32(344, true);
  const absent = inherits ? "parent" : "hole";
  const mapping = await UnitTableMapping.over(
    container,
    {
      name: "the VDI block table",
      sizeBytes,
      tableOffset: view.getUint32(340, true),
      unitBytes: blockBytes,
      kindOf: (entry) => (entry === absentEntry ? absent : entry === zeroEntry ? "zero" : undefined),
      placeOf: (entry) => dataOffset + entry * blockBytes,
    },
    depth,
    signal,
  );
  const ids = vdiIds(bytes);
  const parent = inherits ? await openVdiParent(ids, context) : undefined;
  return {
    variant,
    source: new MappedSource(container, mapping, { depth, ...(parent && { parent: parent.source }) }),
    compressed: false,
    ...(parent && { parent: parent.info }),
    details: {
      id: ids.own,
      changeId: ids.change,
      blockBytes,
      blocksStored: view.getUint32(388, true),
      creator: textAt(bytes, 0, 64)
        .replace(/[^\x20-\x7e]/g, "")
        .trim(),
    },
  };
}
