import { type ByteRange, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { hasText, le32 } from "./fields.ts";
import type { Volume } from "./layout.ts";
import { swapTypes } from "./partition-types.ts";
import { readBytes } from "./read-bytes.ts";

/**
 * Everything behind the first page of a Linux swap area: its content ends with the machine that wrote it.
 *
 * Only where no doubt is left that the volume is swap: its signature and version, its size (that of the volume), and the
 * type of its partition. A system that hibernated has another signature, and all of it is kept.
 */
export async function readSwapFreeRanges(
  source: BlockSource,
  volume: Volume,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  if (volume.logicalVolume === null && !swapTypes.includes(volume.partition?.type ?? "")) {
    throw unsure("it is not in a partition of the type for swap");
  }
  const head = await readBytes(source, 0, 65536, signal);
  const pageBytes = [4096, 8192, 16384, 65536].find((size) => hasText(head, size - 10, "SWAPSPACE2"));
  if (pageBytes === undefined) throw unsure("it has no signature of swap in use since Linux 2.2");
  const sizeBytes = (le32(head, 1028) + 1) * pageBytes;
  if (le32(head, 1024) !== 1 || sizeBytes > source.sizeBytes || source.sizeBytes - sizeBytes > MiB) {
    throw unsure("its header does not fit the volume");
  }
  return sizeBytes > pageBytes ? [{ offset: pageBytes, length: sizeBytes - pageBytes }] : [];
}

function unsure(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading swap: ${what}`);
}
