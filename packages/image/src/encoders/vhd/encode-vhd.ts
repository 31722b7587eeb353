import { formatBytes, GiB, MiB, roundUp, SampanError } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import { uniqueIdOf } from "../../formats/vhd/footer.ts";
import { mapDigest } from "../../map-digest.ts";
import type { UnitOrder } from "../ordered-units.ts";
import { type EncodeOptions, sourceMap } from "../source-map.ts";
import { DynamicVhd } from "./dynamic-vhd.ts";
import { FixedVhd } from "./fixed-vhd.ts";

/** Options of {@link encodeVhd}. */
export interface EncodeVhdOptions extends EncodeOptions {
  /** `dynamic` (the default) stores only blocks that hold data; `fixed` is the raw disk and a footer. */
  readonly subformat?: "dynamic" | "fixed";
  /** Creation time in the footer, whole seconds from 2000 on. Defaults to 2000-01-01, so that equal disks give equal files. */
  readonly createdAt?: Date | number;
  /** The 16 bytes of the unique id in the footer. Defaults to an id derived from the size and the allocation map. */
  readonly uniqueId?: Uint8Array;
  /**
   * Order of an earlier image of the same disk, from its {@link EncodedImage.order}: its blocks stay at their places, also those
   * without data, and new ones follow behind. So what did not change on the disk lies at the same place in the file. For `dynamic`.
   */
  readonly before?: UnitOrder;
}

/** The largest disk a VHD holds, in bytes: 2,040 GiB. */
export const vhdMaximumBytes = 2040 * GiB;

/**
 * Lays a disk out as a VHD and returns it as an image whose bytes are computed on demand.
 *
 * The disk inside is a whole number of MiB, the source's size rounded up, with zeros behind its end; its size is the footer's
 * exact current size, never rounded to CHS. A dynamic image stores the 2 MiB blocks in which the map has data, in ascending
 * order unless `before` gives another. The same source, map and options give the same bytes. Reads take the source's bytes straight into the caller's
 * buffer, several extents at once; only `data` extents of the map are ever read.
 *
 * @throws `IMAGE_TOO_LARGE` above 2,040 GiB; `CORE_ARGUMENT` for an empty disk, a map of another size, or an id that is not
 * 16 bytes long; whatever listing the source's extents throws.
 *
 * @example
 * ```ts
 * const image = await openDiskImage("web-01.vmdk");
 * const vhd = await encodeVhd(image.source);
 * await writeImage(vhd, "web-01.vhd");
 * ```
 */
export async function encodeVhd(source: BlockSource, options: EncodeVhdOptions = {}): Promise<EncodedImage> {
  const virtualSizeBytes = roundUp(source.sizeBytes, MiB);
  if (virtualSizeBytes > vhdMaximumBytes) {
    throw new SampanError(
      "IMAGE_TOO_LARGE",
      `encoding a disk of ${formatBytes(source.sizeBytes)} as VHD, which holds at most 2,040 GiB`,
      { details: { sizeBytes: source.sizeBytes, maximumBytes: vhdMaximumBytes } },
    );
  }
  const map = await sourceMap(source, options);
  const { subformat = "dynamic", createdAt = Date.UTC(2000, 0, 1), uniqueId } = options;
  if (uniqueId && uniqueId.length !== 16) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `encoding a VHD with a unique id of ${uniqueId.length} bytes, not 16`,
    );
  }
  const footer = {
    type: subformat,
    sizeBytes: virtualSizeBytes,
    createdAtMs: typeof createdAt === "number" ? createdAt : createdAt.getTime(),
    uniqueId: uniqueId ?? uniqueIdOf(`sampan vhd ${virtualSizeBytes} ${mapDigest(map)}`),
  };
  if (!Number.isFinite(footer.createdAtMs)) {
    throw new SampanError("CORE_ARGUMENT", "encoding a VHD with a creation time that is no date");
  }
  return subformat === "fixed"
    ? new FixedVhd(source, map, footer)
    : new DynamicVhd(source, map, footer, options.before);
}
