import { SampanError } from "@sampan/core";
import {
  type EncodedFormat,
  type EncodedImage,
  encodeQcow2,
  encodeRaw,
  encodeVhd,
  mapDigest,
} from "@sampan/image";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import type { CaptureReference } from "./capture.ts";
import { mapDisk, withDisk } from "./open-disk.ts";

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
}

/** The encoded disks, the system disk first. */
export interface EncodeOutput {
  readonly images: readonly EncodingReference[];
}

/** Fixes the layout of the target files; no data is read and nothing is written. */
export const encodeStage: StageDefinition<EncodeInput, EncodeOutput> = {
  name: "convert",
  summary: ({ target }) => `laying the disks out as ${target.format.toUpperCase()}`,
  async run({ disks, target }, context) {
    const images: EncodingReference[] = [];
    for (const capture of disks) {
      const image = await withEncoding({ capture, target }, context, async (encoded) => ({
        sizeBytes: encoded.sizeBytes,
        virtualSizeBytes: encoded.virtualSizeBytes,
        dataBytes: encoded.dataBytes,
      }));
      images.push({ capture, target, ...image });
    }
    return { images };
  },
};

/** Opens a captured disk in its target format and closes it after use; the same reference gives the same bytes. */
export async function withEncoding<T>(
  reference: { readonly capture: CaptureReference; readonly target: EncodingTarget },
  context: StageContext,
  use: (encoded: EncodedImage) => Promise<T>,
): Promise<T> {
  const { capture, target } = reference;
  return withDisk(capture, context, async (open) => {
    const { source, map } = await mapDisk(open, capture.freeSpace, context);
    if (mapDigest(map) !== capture.mapDigest) {
      throw new SampanError(
        "HOST_SOURCE_CHANGED",
        `disk ${capture.disk.name} is laid out otherwise than when it was captured`,
      );
    }
    const options = { map, signal: context.signal };
    switch (target.format) {
      case "vhd":
        return use(await encodeVhd(source, { ...options, subformat: target.subformat }));
      case "raw":
        return use(await encodeRaw(source, options));
      case "qcow2":
        return use(await encodeQcow2(source, options));
    }
  });
}
