import { SampanError } from "@sampan/core";
import type { ImageFile } from "../../image-place.ts";
import type { OpenContext } from "../format.ts";
import type { Mapping } from "../mapped-source.ts";
import { FlatMapping, type PlacedPart, ZeroMapping } from "../part-set.ts";
import { type PartSpace, tablesFrom } from "../part-space.ts";
import type { TablePages } from "../table-pages.ts";
import type { Descriptor, DescriptorExtent } from "./descriptor.ts";
import { openSparseFile } from "./sparse-file.ts";

/** The parts of a disk, open. */
export interface OpenedExtents {
  readonly extents: readonly PlacedPart[];
  /** Real paths of the files, each once. */
  readonly paths: readonly string[];
  readonly compressed: boolean;
  /** Bytes of the largest unit that is stored or not; `null` when every part is flat. */
  readonly grainBytes: number | null;
  /** Parts whose redundant directory is read because the first is broken. */
  readonly redundantDirectories: number;
  /** False when the holes of some flat file could not be told. */
  readonly exact: boolean;
}

const flatTypes = ["FLAT", "VMFS"];
const sparseTypes = ["SPARSE", "VMFSSPARSE", "SESPARSE"];
/** Looking for the holes of a flat file takes about 10 ms; of so many files it is done, the rest count as data. */
const holeSearches = 256;

/**
 * Opens the files of every part a descriptor names, in order.
 *
 * Each file goes into `space` as soon as it is open, so that closing the space closes all of them, also after a failure.
 */
export async function openExtents(
  descriptor: Descriptor,
  context: OpenContext,
  space: PartSpace,
  pages: TablePages,
): Promise<OpenedExtents> {
  assertWhole(descriptor, context);
  const flatFiles = new Map<string, ImageFile>();
  const sparseFiles = new Set<string>();
  const extents: PlacedPart[] = [];
  const found = { compressed: false, grainBytes: 0, redundantDirectories: 0 };
  let start = 0;
  for (const extent of descriptor.extents) {
    const sizeBytes = extent.sectors * 512;
    const { base, mapping } = await open(extent, sizeBytes);
    const inherits = descriptor.parentContentId !== null && sparseTypes.includes(extent.type);
    extents.push({ start, sizeBytes, base, mapping, inherits });
    start += sizeBytes;
    if (!Number.isSafeInteger(start)) throw corrupt(context, "its parts are together larger than any disk");
  }
  const flat = [...flatFiles.values()];
  return {
    ...found,
    grainBytes: found.grainBytes || null,
    extents,
    paths: [...new Set([...flat.map((file) => file.path), ...sparseFiles])],
    exact: flat.every((file) => file.features.extents === "exact"),
  };

  async function open(
    extent: DescriptorExtent,
    sizeBytes: number,
  ): Promise<{ readonly base: number; readonly mapping: Mapping }> {
    const { name, type } = extent;
    if (type === "ZERO") return { base: 0, mapping: new ZeroMapping(sizeBytes) };
    if (name === null) throw corrupt(context, `a part of type ${type} has no file`);
    if (flatTypes.includes(type)) {
      const file = flatFiles.get(name) ?? (await openFlat(name));
      return {
        base: space.place(file),
        mapping: new FlatMapping(file, extent.offsetSectors * 512, sizeBytes),
      };
    }
    const file = await context.siblings.openFile(name, "part");
    const base = space.place(file);
    // Twice the same sparse file would be two parts of the disk in one place.
    if (sparseFiles.has(file.path)) throw corrupt(context, `two parts lie in ${file.path}`);
    sparseFiles.add(file.path);
    const sparse = await openSparseFile(file, tablesFrom(pages, base), file.path, context.signal);
    const spare = sparse.mapping.sizeBytes - sizeBytes;
    if (spare < 0 || spare >= sparse.grainBytes) {
      throw corrupt(
        context,
        `${file.path} holds ${sparse.mapping.sizeBytes} bytes where its descriptor says ${sizeBytes}`,
      );
    }
    found.compressed ||= sparse.compressed;
    found.grainBytes = Math.max(found.grainBytes, sparse.grainBytes);
    if (sparse.redundant) found.redundantDirectories++;
    return { base, mapping: sparse.mapping };
  }

  async function openFlat(name: string): Promise<ImageFile> {
    const file = await context.siblings.openFile(name, "part");
    space.place(file);
    if (file.features.extents !== "exact" && flatFiles.size < holeSearches) {
      await file.findHoles(context.signal);
    }
    flatFiles.set(name, file);
    return file;
  }
}

/** Refuses a descriptor that leaves open what some part of the disk is. */
function assertWhole(descriptor: Descriptor, context: OpenContext): void {
  if (descriptor.oddLines > 0) {
    throw corrupt(
      context,
      `${descriptor.oddLines} of its lines should describe a part and cannot be understood`,
    );
  }
  if (descriptor.extents.length === 0) throw corrupt(context, "it names no part of the disk");
  for (const { access, type } of descriptor.extents) {
    if (type === "ZERO") continue;
    if (!flatTypes.includes(type) && !sparseTypes.includes(type)) {
      throw unsupported(
        context,
        `a part of type ${type}`,
        "Copy the device behind it, or its machine, as a host.",
      );
    }
    if (access === "NOACCESS") {
      throw unsupported(
        context,
        "a part marked NOACCESS, whose bytes no program may read",
        "Copy the disk from the machine that may read all of it.",
      );
    }
  }
}

function corrupt(context: OpenContext, what: string): SampanError {
  return new SampanError("IMAGE_CORRUPT", `opening ${context.path}, a VMDK descriptor: ${what}`, {
    details: { path: context.path },
  });
}

function unsupported(context: OpenContext, what: string, hint: string): SampanError {
  return new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${context.path}, a VMDK with ${what}`, {
    hint,
    details: { path: context.path },
  });
}
