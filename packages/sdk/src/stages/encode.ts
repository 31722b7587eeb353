import {
  type AllocationMap,
  type BlockSource,
  type EncodedFormat,
  type EncodedImage,
  encodeQcow2,
  encodeRaw,
  encodeVhd,
  mapDigest,
} from "@sampan/image";
import { sourceTitle } from "../plan/sources.ts";
import { nearDisks, type StageContext, type StageDefinition } from "../run/stage-definition.ts";
import type { CaptureReference } from "./capture.ts";
import { type DiskLayout, earlierLayout, loadLayout, saveLayout } from "./layout.ts";
import { mapDisk, sinceRun, withDisk } from "./open-disk.ts";
import { sourceChanged } from "./source-changes.ts";
import { changedSamples } from "./source-samples.ts";

/** A target format with its options. */
export interface EncodingTarget {
  readonly format: EncodedFormat;
  /** VHD only. */
  readonly subformat: "dynamic" | "fixed";
}

/** What `toVhd`, `toRaw` and `toQcow2` lay out. */
export interface EncodeInput {
  readonly disks: readonly CaptureReference[];
  readonly target: EncodingTarget;
}

/** A disk in its target format, made again from this whenever bytes of it are needed. */
export interface EncodingReference {
  readonly capture: CaptureReference;
  readonly target: EncodingTarget;
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
  readonly dataBytes: number;
  /** Artifact that says how the disk lies in the file; absent in records of versions before it: then as its map says. */
  readonly layout?: string;
}

/** The encoded disks, the system disk first. */
export interface EncodeOutput {
  readonly images: readonly EncodingReference[];
}

/**
 * Fixes the layout of the target files; no data is read and nothing else is written than that layout.
 *
 * A refresh lays a disk out as the run it refreshes did: what that stored stays stored at its place, also where the file systems
 * have freed it since, and new data follows behind. Otherwise one newly used block would move all that lies behind it.
 */
export const encodeStage: StageDefinition<EncodeInput, EncodeOutput> = {
  name: "convert",
  place: nearDisks,
  summary: ({ target }) => `laying the disks out as ${target.format.toUpperCase()}`,
  async run({ disks, target }, context) {
    const images: EncodingReference[] = [];
    for (const [index, capture] of disks.entries()) {
      const earlier = await earlierLayout(capture.disk, target, context);
      if (earlier !== undefined && "reason" in earlier) {
        context.log(
          "warning",
          `${capture.disk.name}: run ${context.services.earlier?.runId} gives no layout to follow, so little may match: ${earlier.reason}`,
        );
      }
      const followed = earlier !== undefined && "layout" in earlier ? earlier.layout : undefined;
      const image = await withDisk(capture, context, async (open) => {
        const map = await unchangedMap(open, capture, context);
        const layout = {
          map: followed === undefined ? map : map.union(followed.map),
          order: followed?.order,
        };
        const encoded = await encode(open, target, layout, context);
        return {
          sizeBytes: encoded.sizeBytes,
          virtualSizeBytes: encoded.virtualSizeBytes,
          dataBytes: encoded.dataBytes,
          layout: await saveLayout(index, target, { ...layout, order: encoded.order }, context),
        };
      });
      images.push({ capture, target, ...image });
    }
    return { images };
  },
};

/**
 * Opens a captured disk in its target format and closes it after use; the same reference gives the same bytes.
 *
 * `onRead` is told how many bytes each read for the image took of the disk; what finding its map read is not among them.
 */
export async function withEncoding<T>(
  { capture, target, layout }: EncodingReference,
  context: StageContext,
  onRead: (bytes: number) => void,
  use: (encoded: EncodedImage) => Promise<T>,
): Promise<T> {
  const saved = layout === undefined ? undefined : await loadLayout(layout, context);
  return withDisk(capture, context, async (open) => {
    const map = await unchangedMap(open, capture, context);
    return use(
      await encode(countingReads(open, onRead), target, saved ?? { map, order: undefined }, context),
    );
  });
}

/** The disk, telling how much was read of it. */
function countingReads(disk: BlockSource, onRead: (bytes: number) => void): BlockSource {
  return {
    sizeBytes: disk.sizeBytes,
    features: disk.features,
    async read(range, into, signal) {
      await disk.read(range, into, signal);
      onRead(range.length);
    },
    extents: (range, signal) => disk.extents(range, signal),
    close: () => disk.close(),
  };
}

/** The map of a disk, which must be that with which it was captured, and have the bytes here and there that it had then. */
async function unchangedMap(
  open: BlockSource,
  capture: CaptureReference,
  context: StageContext,
): Promise<AllocationMap> {
  const { map } = await mapDisk(open, capture.freeSpace, context);
  // Of a disk that changes while it is read nothing else was to be expected.
  if (capture.moment?.consistency === "none") return map;
  const { name } = capture.disk;
  const digest = mapDigest(map);
  const changes =
    digest === capture.mapDigest
      ? await sampleChanges(capture, context)
      : [{ disk: name, field: "allocation map", from: capture.mapDigest, to: digest }];
  if (changes.length === 0) return map;
  throw sourceChanged(sourceTitle(capture.source), changes, sinceRun(context));
}

async function sampleChanges(capture: CaptureReference, context: StageContext) {
  const { samples, disk } = capture;
  if (samples === undefined) return [];
  return withDisk({ ...capture, overlay: null }, context, (base) =>
    changedSamples(disk.name, base, samples, context.signal),
  );
}

function encode(
  source: BlockSource,
  target: EncodingTarget,
  layout: DiskLayout,
  context: StageContext,
): Promise<EncodedImage> {
  return encodeMapped(source, target, layout, context.signal);
}

/** Lays a disk out in a target format; reads no data. */
export async function encodeMapped(
  source: BlockSource,
  target: EncodingTarget,
  { map, order }: DiskLayout,
  signal: AbortSignal,
): Promise<EncodedImage> {
  const options = { map, signal };
  switch (target.format) {
    case "vhd":
      return encodeVhd(source, {
        ...options,
        subformat: target.subformat,
        ...(order === undefined ? {} : { before: order }),
      });
    case "raw":
      return encodeRaw(source, options);
    case "qcow2":
      return encodeQcow2(source, options);
  }
}
