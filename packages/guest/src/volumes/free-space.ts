import type { ByteRange } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readBtrfsFreeRanges } from "../btrfs/free-space.ts";
import { readExfatFreeRanges } from "../exfat/free-space.ts";
import { readFreeRanges } from "../ext/used-blocks.ts";
import { readFatFreeRanges } from "../fat/free-space.ts";
import { readNtfsFreeRanges } from "../ntfs/free-space.ts";
import { readXfsFreeRanges } from "../xfs/free-space.ts";
import type { Volume } from "./layout.ts";
import { readSwapFreeRanges } from "./swap.ts";

/**
 * Lists the free bytes of a volume, in order and relative to it.
 *
 * Throws `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when what is free cannot be told for certain;
 * then all of the volume must be kept.
 */
export type FreeSpaceReader = (
  source: BlockSource,
  volume: Volume,
  signal?: AbortSignal,
) => Promise<readonly ByteRange[]>;

const ext: FreeSpaceReader = (source, _, signal) => readFreeRanges(source, signal);
const fat: FreeSpaceReader = (source, _, signal) => readFatFreeRanges(source, signal);

const readers: ReadonlyMap<string, FreeSpaceReader> = new Map([
  ["btrfs", (source, _, signal) => readBtrfsFreeRanges(source, signal)],
  ["ext2", ext],
  ["ext3", ext],
  ["ext4", ext],
  ["fat12", fat],
  ["fat16", fat],
  ["fat32", fat],
  ["exfat", (source, _, signal) => readExfatFreeRanges(source, signal)],
  ["ntfs", (source, _, signal) => readNtfsFreeRanges(source, signal)],
  ["xfs", (source, _, signal) => readXfsFreeRanges(source, signal)],
  ["swap", readSwapFreeRanges],
]);

/** The reader for what a volume is formatted with; `undefined` when there is none. */
export function freeSpaceReader(volume: Volume): FreeSpaceReader | undefined {
  const kind = volume.fileSystem?.kind;
  // A superblock that makes no sense is told as plain "ext"; its reader says what is wrong.
  return kind === "ext" ? ext : kind === undefined ? undefined : readers.get(kind);
}
