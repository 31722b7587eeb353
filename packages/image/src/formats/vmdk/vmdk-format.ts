import { SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { textAt, viewOf } from "../../io/buffers.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource } from "../mapped-source.ts";
import { refuseNameOutside } from "../named-files.ts";
import { readBytes } from "../read-bytes.ts";
import { type Descriptor, descriptorLimitBytes, descriptorMark, parseDescriptor } from "./descriptor.ts";
import { GrainMapping, loadDirectory } from "./grain-mapping.ts";
import { parseSparseHeader, type SparseHeader, sparseHeaderBytes, sparseMagic } from "./sparse-header.ts";

/** VMDK: one file that holds the whole disk, `monolithicSparse` or `streamOptimized`. */
export const vmdkFormat: FormatReader = {
  format: "vmdk",
  recognises: (file) =>
    textAt(file.head, 0, 4) === sparseMagic || textAt(file.head, 0, descriptorMark.length) === descriptorMark,
  open: openVmdk,
};

const readVariants = ["monolithicsparse", "streamoptimized"];

async function openVmdk(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const first = await readBytes(
    container,
    0,
    Math.min(sparseHeaderBytes, container.sizeBytes),
    "the VMDK header",
    context.signal,
  );
  if (textAt(first, 0, descriptorMark.length) === descriptorMark)
    await refuseDescriptorFile(container, context);
  if (first.length < sparseHeaderBytes) {
    throw new SampanError("IMAGE_TRUNCATED", `opening ${context.path}, which ends within its VMDK header`);
  }
  const header = parseSparseHeader(first, 0);
  const descriptor = await readDescriptor(container, header, context);
  refuseVariant(descriptor, context);
  const effective =
    header.directoryOffset === undefined ? await readFooter(container, header, context) : header;
  const directory = await loadDirectory(container, effective, context.signal);
  const mapping = new GrainMapping(container, effective, directory);
  return {
    variant: descriptor.createType,
    source: new MappedSource(container, mapping),
    compressed: effective.compressed,
    details: {
      version: effective.version,
      grainBytes: effective.grainBytes,
      adapterType: descriptor.database.adapterType ?? null,
      hardwareVersion: descriptor.database.virtualHWVersion ?? null,
    },
  };
}

async function refuseDescriptorFile(container: BlockSource, context: OpenContext): Promise<never> {
  const length = Math.min(container.sizeBytes, descriptorLimitBytes);
  const bytes = await readBytes(container, 0, length, "the VMDK descriptor", context.signal);
  const { createType, extents } = parseDescriptor(Buffer.from(bytes).toString("latin1"));
  for (const line of extents) {
    const name = /"([^"]*)"/.exec(line)?.[1];
    // A device behind the disk is outside any folder too.
    if (name) refuseNameOutside(context.path, name, "part");
  }
  throw unsupported(
    context,
    createType || "without createType",
    "its disk lies in other files that the descriptor names",
  );
}

async function readDescriptor(
  container: BlockSource,
  header: SparseHeader,
  context: OpenContext,
): Promise<Descriptor> {
  if (header.descriptorOffset === 0 || header.descriptorBytes === 0) {
    throw unsupported(
      context,
      "part of a split disk",
      "it has no descriptor of its own; the descriptor file makes the disk whole",
    );
  }
  const length = Math.min(header.descriptorBytes, descriptorLimitBytes);
  const bytes = await readBytes(
    container,
    header.descriptorOffset,
    length,
    "the VMDK descriptor",
    context.signal,
  );
  return parseDescriptor(Buffer.from(bytes).toString("latin1"));
}

function refuseVariant(descriptor: Descriptor, context: OpenContext): void {
  if (descriptor.parentContentId !== null) {
    throw unsupported(context, "delta link", "it holds only what changed since its parent");
  }
  if (!readVariants.includes(descriptor.createType.toLowerCase())) {
    throw unsupported(
      context,
      descriptor.createType || "without createType",
      "only whole disks in one sparse file are read",
    );
  }
  if (descriptor.extents.length > 1) {
    throw unsupported(
      context,
      descriptor.createType,
      `its descriptor names ${descriptor.extents.length} parts`,
    );
  }
}

function unsupported(context: OpenContext, variant: string, why: string): SampanError {
  // The name comes from the file: only what a name may hold is repeated.
  const name = variant.replace(/[^\w .-]/g, "?").slice(0, 64);
  return new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${context.path}, a VMDK (${name}): ${why}`, {
    hint: "Convert it to one file, for example with `vmware-vdiskmanager -r SOURCE -t 0 TARGET` or an OVF export.",
    details: { path: context.path, variant: name },
  });
}

/** The footer repeats the header with the real place of the directory: footer marker, footer, end-of-stream marker. */
async function readFooter(
  container: BlockSource,
  header: SparseHeader,
  context: OpenContext,
): Promise<SparseHeader> {
  const offset = container.sizeBytes - 1536;
  const end = await readBytes(container, offset, 1536, "the VMDK footer", context.signal);
  const view = viewOf(end);
  // A marker: value (8), size (4), type (4). Type 3 announces a footer, type 0 ends the stream.
  if (view.getUint32(8, true) !== 0 || view.getUint32(12, true) !== 3) {
    throw new SampanError("IMAGE_TRUNCATED", `opening ${context.path}: no footer stands at its end`, {
      details: { path: context.path, offset },
    });
  }
  const footer = parseSparseHeader(end.subarray(512, 1024), offset + 512);
  if (footer.directoryOffset === undefined) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its footer does not say where the directory is`,
    );
  }
  if (footer.capacitySectors !== header.capacitySectors || footer.grainBytes !== header.grainBytes) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: its header and footer contradict each other`,
    );
  }
  return footer;
}
