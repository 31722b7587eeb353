import type { BlockSource } from "@sampan/image";
import { BtrfsVolume } from "../btrfs/btrfs-volume.ts";
import { ExtVolume } from "../ext/ext-volume.ts";
import { FatVolume } from "../fat/fat-volume.ts";
import { NtfsVolume } from "../ntfs/ntfs-volume.ts";
import { XfsVolume } from "../xfs/xfs-volume.ts";
import type { FileVolume } from "./file-volume.ts";
import type { ReadBudget } from "./paged-reader.ts";

type Open = (volume: BlockSource, budget: ReadBudget, signal?: AbortSignal) => Promise<FileVolume>;

/** What opens each kind of file system whose files are read, by the name the probes give it. */
const openers: Readonly<Record<string, Open>> = {
  btrfs: BtrfsVolume.open,
  ext2: ExtVolume.open,
  ext3: ExtVolume.open,
  ext4: ExtVolume.open,
  fat12: FatVolume.open,
  fat16: FatVolume.open,
  fat32: FatVolume.open,
  ntfs: NtfsVolume.open,
  xfs: XfsVolume.open,
};

/**
 * Opens a volume's file system to read its files; `undefined` for a kind whose files are not read.
 *
 * @throws `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read.
 */
export async function openFileVolume(
  kind: string,
  volume: BlockSource,
  budget: ReadBudget,
  signal?: AbortSignal,
): Promise<FileVolume | undefined> {
  return Object.hasOwn(openers, kind) ? openers[kind]?.(volume, budget, signal) : undefined;
}
