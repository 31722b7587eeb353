import { type JsonObject, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import { openParent } from "../../chain/open-parent.ts";
import type { DiskImage } from "../../disk-image.ts";
import { withCoarseExtents } from "../coarse-extents.ts";
import type { FormatReader, OpenContext, OpenedFormat } from "../format.ts";
import { MappedSource, type Mapping } from "../mapped-source.ts";
import { PartSet } from "../part-set.ts";
import { PartSpace } from "../part-space.ts";
import { readBytes } from "../read-bytes.ts";
import { TablePages } from "../table-pages.ts";
import { type Descriptor, descriptorLimitBytes, looksLikeDescriptor, parseDescriptor } from "./descriptor.ts";
import { checkDirectory } from "./grain-mapping.ts";
import { isCalledFlatPart, lonePart } from "./lone-part.ts";
import { openExtents } from "./open-extents.ts";
import { sparseFile, sparseKindOf } from "./sparse-file.ts";
import { readSparseHeader, type SparseHeader } from "./sparse-header.ts";

/** VMDK: a descriptor file with the parts it names, or one sparse file that holds its own descriptor and the whole disk. */
export const vmdkFormat: FormatReader = {
  format: "vmdk",
  recognises(file) {
    if (sparseKindOf(file.head) !== undefined || looksLikeDescriptor(file.head)) return true;
    if (isCalledFlatPart(file.path)) throw lonePart(file.path, "twoGbMaxExtentFlat");
    return false;
  },
  async open(container, context) {
    const head = await readBytes(
      container,
      0,
      Math.min(2048, container.sizeBytes),
      "the VMDK header",
      context.signal,
    );
    switch (sparseKindOf(head)) {
      case "hosted":
        return openWhole(container, context);
      case "cowd":
        throw lonePart(context.path, "vmfsSparse");
      case "seSparse":
        throw lonePart(context.path, "seSparse");
      case undefined:
        return openDescribed(container, context);
    }
  },
};

/** One sparse file with its descriptor inside. */
async function openWhole(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  const header = await readSparseHeader(container, context.path, context.signal);
  const descriptor = await readEmbedded(container, header, context);
  // Some writers leave room for a descriptor in every part of a split disk.
  if (descriptor.createType === "" && descriptor.extents.length === 0) {
    throw lonePart(context.path, "part of a split disk");
  }
  if (descriptor.extents.length > 1) {
    throw new SampanError(
      "IMAGE_FORMAT_UNSUPPORTED",
      `opening ${context.path}, a VMDK whose inner descriptor names ${descriptor.extents.length} parts`,
      { details: { path: context.path, parts: descriptor.extents.length } },
    );
  }
  const directory = await checkDirectory(container, header, context.signal);
  const pages = new TablePages(container, context.depth);
  const { mapping, compressed, grainBytes } = sparseFile("hosted", container, pages, header, directory);
  const inherits = descriptor.parentContentId !== null;
  const placed = { start: 0, sizeBytes: mapping.sizeBytes, base: 0, mapping, inherits };
  const linked = inherits ? new PartSet([placed]) : mapping;
  return finish(descriptor, context, container, linked, {
    compressed,
    parts: [],
    exact: true,
    details: {
      version: header.version,
      grainBytes,
      ...(directory.redundant && { redundantDirectories: 1 }),
    },
  });
}

/** A descriptor file and the files it names. */
async function openDescribed(container: BlockSource, context: OpenContext): Promise<OpenedFormat> {
  if (container.sizeBytes > descriptorLimitBytes) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}: it begins like a VMDK descriptor and has ${container.sizeBytes} bytes`,
      { details: { path: context.path, sizeBytes: container.sizeBytes } },
    );
  }
  const bytes = await readBytes(container, 0, container.sizeBytes, "the VMDK descriptor", context.signal);
  const descriptor = parseDescriptor(bytes);
  const space = new PartSpace();
  try {
    const pages = new TablePages(space, context.depth);
    const { extents, compressed, paths, exact, grainBytes, redundantDirectories } = await openExtents(
      descriptor,
      context,
      space,
      pages,
    );
    const opened = await finish(descriptor, context, space, new PartSet(extents), {
      compressed,
      parts: paths,
      exact,
      details: {
        grainBytes,
        extents: extents.length,
        ...(redundantDirectories > 0 && { redundantDirectories }),
      },
    });
    // Last, and only now: the source closes the descriptor with the parts, a failure leaves it to the caller.
    space.place(container);
    return opened;
  } catch (error) {
    await space.close();
    throw error;
  }
}

/** Opens the parent of a delta link and puts source and facts together. */
async function finish(
  descriptor: Descriptor,
  context: OpenContext,
  container: BlockSource,
  mapping: Mapping,
  found: {
    readonly compressed: boolean;
    readonly parts: readonly string[];
    readonly exact: boolean;
    readonly details: JsonObject;
  },
): Promise<OpenedFormat> {
  const parent = await openLinkedParent(descriptor, context);
  const mapped = new MappedSource(container, mapping, {
    depth: context.depth,
    ...(parent && { parent: parent.source }),
  });
  const { database } = descriptor;
  return {
    variant: shownName(descriptor.createType),
    source: found.exact ? mapped : withCoarseExtents(mapped),
    compressed: found.compressed,
    parts: found.parts,
    ...(parent && { parent: parent.info }),
    details: {
      ...found.details,
      adapterType: database.adapterType ?? null,
      hardwareVersion: database.virtualHWVersion ?? null,
      contentId: descriptor.contentId,
      parentContentId: descriptor.parentContentId,
    },
  };
}

async function openLinkedParent(
  descriptor: Descriptor,
  context: OpenContext,
): Promise<DiskImage | undefined> {
  const { parentContentId, parentName } = descriptor;
  if (parentContentId === null) return undefined;
  if (parentName === null) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${context.path}, a VMDK delta link that does not name its parent`,
      {
        details: { path: context.path, parentContentId },
      },
    );
  }
  const parent = await openParent(context, parentName, { byBaseName: true });
  if (!parent) return undefined;
  const found = parent.info.format === "vmdk" ? parent.info.details.contentId : null;
  if (found === parentContentId) return parent;
  await parent.source.close();
  throw new SampanError(
    "IMAGE_PARENT_MISMATCH",
    `opening ${context.path}: its parent's content id should be ${shownName(parentContentId)}, that of ${parent.path} is ${String(found)}`,
    {
      hint: "The parent was written to after this link was made, or is another disk of the same name. Find the one that belongs to it.",
      details: { path: context.path, parent: parent.path, wanted: parentContentId, found: found ?? null },
    },
  );
}

async function readEmbedded(
  container: BlockSource,
  header: SparseHeader,
  context: OpenContext,
): Promise<Descriptor> {
  const { descriptorOffset, descriptorBytes } = header;
  if (descriptorOffset === 0 || descriptorBytes === 0) throw lonePart(context.path, "part of a split disk");
  const length = Math.min(descriptorBytes, descriptorLimitBytes);
  return parseDescriptor(
    await readBytes(container, descriptorOffset, length, "the VMDK descriptor", context.signal),
  );
}

/** A name from the file: only what a name may hold is repeated. */
function shownName(name: string): string {
  return name.replace(/[^\w .-]/g, "?").slice(0, 64) || "without createType";
}
