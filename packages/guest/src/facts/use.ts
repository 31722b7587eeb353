import type { BlockSource } from "@sampan/image";
import { parseSuperblock, superblockBytes, superblockOffset } from "../ext/superblock.ts";
import type { FileSystemUse, FstabEntry } from "../facts.ts";
import type { DiskLayout, Volume } from "../volumes/layout.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { volumeSource } from "../volumes/volume-source.ts";
import { parseXfsSuperblock, superblockBytes as xfsSuperblockBytes } from "../xfs/superblock.ts";
import { volumeNamed } from "./fstab.ts";

/** How full the file systems are that the guest mounts from this disk, as their superblocks say; `/` first. */
export async function readUse(
  source: BlockSource,
  layout: DiskLayout,
  root: Volume,
  fstab: readonly FstabEntry[],
  signal?: AbortSignal,
): Promise<readonly FileSystemUse[]> {
  const mounts = new Map<number, string>([[root.index, "/"]]);
  for (const { device, mountPoint } of fstab) {
    const volume = volumeNamed(device, layout);
    if (volume && mountPoint.startsWith("/") && !mounts.has(volume.index))
      mounts.set(volume.index, mountPoint);
  }
  const found: FileSystemUse[] = [];
  for (const [index, mountPoint] of mounts) {
    const volume = layout.volumes[index];
    const { usedBytes = null, sizeBytes = null } = volume?.fileSystem ?? {};
    if (volume === undefined || usedBytes === null) continue;
    found.push({
      mountPoint,
      volume: index,
      sizeBytes: sizeBytes ?? volume.range.length,
      usedBytes,
      inodes: await readInodes(source, volume, signal),
    });
  }
  return found;
}

async function readInodes(
  source: BlockSource,
  volume: Volume,
  signal: AbortSignal | undefined,
): Promise<FileSystemUse["inodes"]> {
  const kind = volume.fileSystem?.kind ?? "";
  const bytes = volumeSource(source, volume);
  if (/^ext[234]$/.test(kind)) {
    const sb = parseSuperblock(await readBytes(bytes, superblockOffset, superblockBytes, signal));
    return typeof sb === "string" ? null : { total: sb.inodes, used: sb.inodes - sb.freeInodes };
  }
  if (kind !== "xfs") return null;
  const sb = parseXfsSuperblock(await readBytes(bytes, 0, xfsSuperblockBytes, signal));
  return { total: sb.mostInodes, used: sb.inodes - sb.freeInodes };
}
