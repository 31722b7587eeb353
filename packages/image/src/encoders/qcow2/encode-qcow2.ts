import { KiB, roundUp } from "@sampan/core";
import type { BlockSource } from "../../block-source.ts";
import type { EncodedImage } from "../../encoded-image.ts";
import { type EncodeOptions, sourceMap } from "../source-map.ts";
import { PlainQcow2 } from "./plain-qcow2.ts";

/** Bytes of a cluster of the images written: QEMU's own default. */
export const qcow2ClusterBytes = 64 * KiB;

/**
 * Lays a disk out as a QCOW2 image, version 3, without compression, and returns it as an image whose bytes are computed on demand.
 *
 * Order in the file: header, reference counts, tables, then the clusters in which the map has data, in ascending order.
 * Everything else is unallocated and reads as zero. The virtual size is the source's, rounded up to 512 bytes. The same source
 * and map give the same bytes; only `data` extents of the map are ever read.
 *
 * @throws `CORE_ARGUMENT` for an empty disk or a map of another size; whatever listing the source's extents throws.
 */
export async function encodeQcow2(source: BlockSource, options: EncodeOptions = {}): Promise<EncodedImage> {
  const map = await sourceMap(source, options);
  return new PlainQcow2(source, map, roundUp(source.sizeBytes, 512), qcow2ClusterBytes);
}
