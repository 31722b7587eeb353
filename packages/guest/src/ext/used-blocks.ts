import { type ByteRange, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { crc32c } from "./checksum.ts";
import {
  type GroupDescriptor,
  groupBlocks,
  groupFirstBlock,
  groupHeadBlocks,
  inodeTableBlocks,
  readGroupDescriptors,
} from "./group-descriptors.ts";
import {
  type ExtSuperblock,
  parseSuperblock,
  roCompat,
  superblockBytes,
  superblockOffset,
} from "./superblock.ts";

/*
 * Which blocks of an ext file system are in use, from its block bitmaps. Nothing is taken on trust: the bitmaps must
 * agree with the free counts of their descriptors, with the superblock's, and with the places of the metadata; where
 * checksums exist they must hold. One disagreement, and nothing is called free.
 */

/** Neighbouring bitmaps (flex_bg keeps sixteen together) are read in one go up to this. */
const maxReadBytes = 1024 * 1024;

/**
 * Lists the free bytes of the ext file system in `volume`, in order and relative to the volume.
 *
 * Throws `GUEST_FS_DIRTY` when it was not unmounted cleanly, `GUEST_FS_CORRUPT` when its parts disagree and
 * `GUEST_FS_UNSUPPORTED` when it cannot be understood; then all of it must be kept.
 */
export async function readFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  const sb = parseSuperblock(await readBytes(volume, superblockOffset, superblockBytes, signal));
  if (typeof sb === "string") throw new SampanError("GUEST_FS_CORRUPT", `reading ext: the superblock ${sb}`);
  if (sb.unsupported !== null)
    throw new SampanError("GUEST_FS_UNSUPPORTED", `reading ext: it ${sb.unsupported}`);
  if (!sb.clean) {
    throw new SampanError(
      "GUEST_FS_DIRTY",
      `reading the free space of ${sb.kind} that was not unmounted cleanly`,
    );
  }
  const ratio = sb.clusterBytes / sb.blockBytes;
  if (ratio > 1 && sb.blockBytes === 1024) {
    // Where the boot block falls in the first cluster differs between tools of different age.
    throw new SampanError("GUEST_FS_UNSUPPORTED", "reading ext4 with bigalloc and blocks of 1 KiB");
  }
  if (sb.blocks * sb.blockBytes > volume.sizeBytes) {
    throw new SampanError("GUEST_FS_CORRUPT", `reading ${sb.kind}: it is larger than its partition`, {
      details: { fileSystemBytes: sb.blocks * sb.blockBytes, volumeBytes: volume.sizeBytes },
    });
  }
  const readBlocks = (block: number, count: number) =>
    readBytes(volume, block * sb.blockBytes, count * sb.blockBytes, signal);
  const descriptors = await readGroupDescriptors(sb, readBlocks);
  const metadata = metadataBlocks(sb, descriptors);
  const free = new FreeRuns();
  let freeClusters = 0;
  let metadataFrom = 0;
  for await (const [group, bitmap] of readBitmaps(sb, descriptors, readBlocks)) {
    const descriptor = descriptors[group] as GroupDescriptor;
    const first = groupFirstBlock(sb, group);
    const blocks = groupBlocks(sb, group);
    const clusters = Math.ceil(blocks / ratio);
    // Metadata of this group: the list is sorted and joined, groups come in order.
    while ((metadata[metadataFrom]?.end ?? Number.POSITIVE_INFINITY) <= first) metadataFrom++;
    for (let i = metadataFrom; i < metadata.length; i++) {
      const run = metadata[i] as BlockRun;
      if (run.start >= first + blocks) break;
      const from = Math.floor((Math.max(run.start, first) - first) / ratio);
      const to = Math.ceil((Math.min(run.end, first + blocks) - first) / ratio);
      for (let cluster = from; cluster < to; cluster++) {
        const mask = 1 << (cluster & 7);
        const byte = bitmap[cluster >>> 3] as number;
        if ((byte & mask) === 0 && !descriptor.blocksUninitialised) {
          throw disagree(sb, group, "the bitmap calls metadata free");
        }
        bitmap[cluster >>> 3] = byte | mask;
      }
    }
    const found = free.addClearBits(bitmap, clusters, first, ratio, first + blocks);
    if (found !== descriptor.freeClusters) {
      throw disagree(
        sb,
        group,
        `the bitmap has ${found} free clusters, its descriptor ${descriptor.freeClusters}`,
      );
    }
    freeClusters += found;
  }
  if (freeClusters * ratio !== sb.freeBlocks) {
    throw disagree(
      sb,
      null,
      `the bitmaps have ${freeClusters * ratio} free blocks, the superblock ${sb.freeBlocks}`,
    );
  }
  return free.toRanges(sb.blockBytes);
}

/** A run of blocks, `end` not included. */
interface BlockRun {
  readonly start: number;
  readonly end: number;
}

/** Every block that holds metadata with a fixed place, sorted and joined. */
function metadataBlocks(sb: ExtSuperblock, descriptors: readonly GroupDescriptor[]): readonly BlockRun[] {
  const runs: BlockRun[] = [];
  const table = inodeTableBlocks(sb);
  runs.push({ start: 0, end: 1 });
  descriptors.forEach((descriptor, group) => {
    const head = groupHeadBlocks(sb, group);
    runs.push({ start: head.offset, end: Math.min(head.offset + head.length, sb.blocks) });
    runs.push({ start: descriptor.blockBitmap, end: descriptor.blockBitmap + 1 });
    runs.push({ start: descriptor.inodeBitmap, end: descriptor.inodeBitmap + 1 });
    runs.push({ start: descriptor.inodeTable, end: descriptor.inodeTable + table });
  });
  runs.sort((a, b) => a.start - b.start);
  const joined: BlockRun[] = [];
  for (const run of runs) {
    const last = joined[joined.length - 1];
    if (last && run.start <= last.end) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
    } else joined.push(run);
  }
  return joined;
}

/** Gives the block bitmap of each group in order, a fresh buffer each; all zero where it was never written. */
async function* readBitmaps(
  sb: ExtSuperblock,
  descriptors: readonly GroupDescriptor[],
  readBlocks: (block: number, count: number) => Promise<Uint8Array>,
): AsyncGenerator<[number, Uint8Array]> {
  const bitmapBytes = sb.clustersPerGroup / 8;
  const most = Math.max(1, Math.floor(maxReadBytes / sb.blockBytes));
  let group = 0;
  while (group < descriptors.length) {
    const start = (descriptors[group] as GroupDescriptor).blockBitmap;
    let count = 1;
    while (count < most && descriptors[group + count]?.blockBitmap === start + count) count++;
    const slice = descriptors.slice(group, group + count);
    const bytes = slice.every((one) => one.blocksUninitialised) ? undefined : await readBlocks(start, count);
    for (const [index, descriptor] of slice.entries()) {
      const at = index * sb.blockBytes;
      if (descriptor.blocksUninitialised || bytes === undefined) {
        yield [group + index, new Uint8Array(bitmapBytes)];
        continue;
      }
      const bitmap = bytes.slice(at, at + bitmapBytes);
      if ((sb.roCompat & roCompat.metadataCsum) !== 0) {
        const width = sb.descriptorBytes >= 64 ? 0xffffffff : 0xffff;
        if ((crc32c(sb.checksumSeed, bitmap) & width) >>> 0 !== descriptor.blockBitmapChecksum) {
          throw disagree(sb, group + index, "the block bitmap has a wrong checksum");
        }
      }
      yield [group + index, bitmap];
    }
    group += count;
  }
}

function disagree(sb: ExtSuperblock, group: number | null, what: string): SampanError {
  const where = group === null ? "" : ` in group ${group}`;
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of ${sb.kind}${where}: ${what}`, {
    details: { group },
  });
}
