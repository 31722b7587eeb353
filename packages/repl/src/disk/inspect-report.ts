import { stat } from "node:fs/promises";
import { intersectRanges, type JsonObject } from "@sampan/core";
import { type DiskInspection, type DiskLayout, readUsedMap, type Volume } from "@sampan/guest";
import {
  AllocationMap,
  type BlockSource,
  type DiskImageInfo,
  type ImageFormat,
  type MissingParent,
} from "@sampan/image";
import { inspectTarget, type Target } from "./open-target.ts";

/*
 * What `sampan inspect` knows of an image; `--json` prints it as it is. Its fields are described in docs/inspect-json.md, and a
 * test holds the two together: what is added here is described there.
 */

/** An image and its parents, as each says of itself. */
export interface ImageReport {
  readonly format: ImageFormat;
  readonly variant: string;
  readonly virtualSizeBytes: number;
  readonly fileSizeBytes: number;
  readonly compressed: boolean | null;
  readonly files: readonly string[];
  readonly details: JsonObject;
  readonly parent: ImageReport | null;
  readonly missingParent: MissingParent | null;
}

/** One file of an image and the room it takes. */
export interface StoredFile {
  readonly path: string;
  /** `null` for a file inside another one, such as a disk in an OVA. */
  readonly sizeBytes: number | null;
  /** What the file system has allocated: less than the size where the file has holes. */
  readonly allocatedBytes: number | null;
}

/** The extents of a disk in sum. */
export interface ExtentsReport {
  /** How far they can be trusted: `exact`, `coarse` (more may be zero), `none`. */
  readonly quality: BlockSource["features"]["extents"];
  readonly count: number;
  readonly dataExtents: number;
  readonly zeroExtents: number;
  readonly holeExtents: number;
  readonly dataBytes: number;
  readonly zeroBytes: number;
  readonly holeBytes: number;
  /** Mean and largest run of data. */
  readonly meanBytes: number;
  readonly longestBytes: number;
}

/** How full one volume is. */
export interface VolumeUse {
  /** Index in the layout's volumes. */
  readonly volume: number;
  readonly usedBytes: number | null;
  readonly freeBytes: number | null;
  /** What says so: the file system's own count, or its map of free space; `null` when it could not be told. */
  readonly source: "superblock" | "map" | null;
}

/** Everything `sampan inspect` tells. */
export interface InspectReport extends ImageReport, DiskInspection {
  readonly path: string;
  readonly storage: {
    readonly sizeBytes: number;
    readonly allocatedBytes: number;
    readonly files: readonly StoredFile[];
  };
  readonly extents: ExtentsReport;
  readonly use: {
    /** The disk in two: what may be in use, and what its file systems and volume groups call free. */
    readonly usedBytes: number;
    readonly freeBytes: number;
    /** What `convert --used-only` reads: in use, and stored. */
    readonly readBytes: number;
    readonly volumes: readonly VolumeUse[];
    /** Which volumes count as used in full, and why. */
    readonly notes: readonly string[];
  };
}

/** Looks at an open image in every way there is. */
export async function inspectImage(image: Target, signal?: AbortSignal): Promise<InspectReport> {
  const map = await AllocationMap.read(image.source, signal);
  const inspection = await inspectTarget(image, signal);
  const used = await readUsedMap(image.source, inspection.layout, signal);
  return {
    path: image.path,
    ...imageReport(image.info),
    storage: await storageOf(image.info.files),
    extents: extentsOf(image.source, map),
    use: {
      usedBytes: used.map.dataBytes,
      freeBytes: used.map.sizeBytes - used.map.dataBytes,
      readBytes: map.intersect(used.map).dataBytes,
      volumes: volumesOf(inspection.layout, used.map),
      notes: used.notes,
    },
    ...inspection,
  };
}

function imageReport(info: DiskImageInfo): ImageReport {
  return {
    ...info,
    parent: info.parent === undefined ? null : imageReport(info.parent),
    missingParent: info.missingParent ?? null,
  };
}

async function storageOf(paths: readonly string[]): Promise<InspectReport["storage"]> {
  const files = await Promise.all(
    [...new Set(paths)].map(async (path): Promise<StoredFile> => {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return { path, sizeBytes: null, allocatedBytes: null };
      // POSIX counts what is allocated in units of 512 bytes whatever the block size is.
      return { path, sizeBytes: found.size, allocatedBytes: found.blocks * 512 };
    }),
  );
  const sum = (of: (file: StoredFile) => number | null) =>
    files.reduce((total, file) => total + (of(file) ?? 0), 0);
  return {
    sizeBytes: sum((file) => file.sizeBytes),
    allocatedBytes: sum((file) => file.allocatedBytes),
    files,
  };
}

function extentsOf(source: BlockSource, map: AllocationMap): ExtentsReport {
  const counts = { data: 0, zero: 0, hole: 0 };
  const bytes = { data: 0, zero: 0, hole: 0 };
  let longestBytes = 0;
  for (const { kind, length } of map.extents) {
    counts[kind]++;
    bytes[kind] += length;
    if (kind === "data" && length > longestBytes) longestBytes = length;
  }
  return {
    quality: source.features.extents,
    count: map.extents.length,
    dataExtents: counts.data,
    zeroExtents: counts.zero,
    holeExtents: counts.hole,
    dataBytes: bytes.data,
    zeroBytes: bytes.zero,
    holeBytes: bytes.hole,
    meanBytes: counts.data === 0 ? 0 : Math.round(bytes.data / counts.data),
    longestBytes,
  };
}

function volumesOf(layout: DiskLayout, used: AllocationMap): readonly VolumeUse[] {
  return layout.volumes.map((volume) => ({ volume: volume.index, ...useOf(volume, layout, used) }));
}

function useOf(volume: Volume, layout: DiskLayout, used: AllocationMap): Omit<VolumeUse, "volume"> {
  const { fileSystem, range } = volume;
  if (fileSystem !== null && fileSystem.usedBytes !== null) {
    const { usedBytes, sizeBytes } = fileSystem;
    return {
      usedBytes,
      freeBytes: sizeBytes === null ? null : Math.max(0, sizeBytes - usedBytes),
      source: "superblock",
    };
  }
  const freeBytes = fileSystem === null ? 0 : freeOf(volume, layout, used);
  // Nothing free means as a rule that the volume's records could not be trusted.
  if (freeBytes === 0) return { usedBytes: null, freeBytes: null, source: null };
  return { usedBytes: range.length - freeBytes, freeBytes, source: "map" };
}

function freeOf({ index, range, logicalVolume }: Volume, layout: DiskLayout, used: AllocationMap): number {
  const group = layout.volumeGroups.find((one) => one.physicalVolumes.includes(index));
  // What is free inside a logical volume is not the group's to give.
  if (group !== undefined) {
    return group.free.reduce((sum, free) => sum + (intersectRanges(free, range)?.length ?? 0), 0);
  }
  const places = logicalVolume?.segments.flatMap(({ length, stripes }) =>
    stripes.map((offset) => ({ offset, length: length / stripes.length })),
  ) ?? [range];
  let freeBytes = 0;
  for (const place of places) {
    for (const { kind, length } of used.within(place)) if (kind !== "data") freeBytes += length;
  }
  return freeBytes;
}
