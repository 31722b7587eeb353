import { type ByteRange, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { be32, hasText, hex } from "../volumes/fields.ts";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { type FreeExtent, readFreeTree } from "./free-tree.ts";
import { checkXfsLogIsDone } from "./log.ts";
import { checkXfsChecksum, parseXfsSuperblock, superblockBytes, type XfsSuperblock } from "./superblock.ts";

/** More allocation groups than this are not read: 1 TiB each at most, and rarely more than some dozens. */
const maxGroups = 65_536;

/** The head of an allocation group's free space. */
interface FreeSpaceHeader {
  readonly length: number;
  readonly roots: readonly [byPlace: number, bySize: number];
  readonly levels: readonly [byPlace: number, bySize: number];
  readonly freeBlocks: number;
  readonly reservedBlocks: number;
  readonly treeBlocks: number;
}

/**
 * Lists the free bytes of the XFS file system in `volume`, in order, from the trees of free extents of each allocation
 * group (versions 4 and 5).
 *
 * The log must end in an unmount, checksums must hold (version 5), the tree by place and the tree by size must hold the
 * same extents, none of them may cover metadata, and the counts of groups and superblock must agree. Throws
 * `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` otherwise.
 */
export async function readXfsFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  const sb = parseXfsSuperblock(await readBytes(volume, 0, superblockBytes, signal));
  if (sb.version === 5)
    checkXfsChecksum(await readBytes(volume, 0, sb.sectorBytes, signal), 224, "its superblock");
  if (sb.blocks * sb.blockBytes > volume.sizeBytes) throw corrupt("it is larger than its partition");
  if (sb.groups > maxGroups) {
    throw new SampanError("GUEST_FS_UNSUPPORTED", `reading XFS: it has ${sb.groups} allocation groups`);
  }
  if (sb.needsRepair) {
    throw new SampanError("GUEST_FS_DIRTY", "reading the free space of XFS that needs xfs_repair");
  }
  await checkXfsLogIsDone(volume, sb, signal);
  const free = new FreeRuns();
  let counted = 0;
  for (let group = 0; group < sb.groups; group++) {
    const header = await readHeader(volume, sb, group, signal);
    const extents = await readGroup(volume, sb, group, header, signal);
    const first = group * sb.groupBlocks;
    for (const { start, count } of extents) free.add(first + start, first + start + count);
    counted += header.freeBlocks + header.reservedBlocks + header.treeBlocks;
  }
  if (counted !== sb.freeBlocks) {
    throw corrupt(`its groups have ${counted} free blocks, the superblock ${sb.freeBlocks}`);
  }
  return free.toRanges(sb.blockBytes);
}

async function readHeader(
  volume: BlockSource,
  sb: XfsSuperblock,
  group: number,
  signal: AbortSignal | undefined,
): Promise<FreeSpaceHeader> {
  const place = group * sb.groupBlocks * sb.blockBytes + sb.sectorBytes;
  const bytes = await readBytes(volume, place, sb.sectorBytes, signal);
  const what = `the head of group ${group}`;
  if (!hasText(bytes, 0, "XAGF") || be32(bytes, 4) !== 1 || be32(bytes, 8) !== group) {
    throw corrupt(`${what} is none`);
  }
  if (sb.version === 5) {
    checkXfsChecksum(bytes, 216, what);
    if (hex(bytes.subarray(64, 80)) !== sb.metadataUuid)
      throw corrupt(`${what} belongs to another file system`);
  }
  const header: FreeSpaceHeader = {
    length: be32(bytes, 12),
    roots: [be32(bytes, 16), be32(bytes, 20)],
    levels: [be32(bytes, 28), be32(bytes, 32)],
    reservedBlocks: be32(bytes, 48),
    freeBlocks: be32(bytes, 52),
    treeBlocks: be32(bytes, 60),
  };
  const length = group === sb.groups - 1 ? sb.blocks - group * sb.groupBlocks : sb.groupBlocks;
  if (header.length !== length) throw corrupt(`${what} counts ${header.length} blocks, not ${length}`);
  return header;
}

/** The free extents of a group in order, proven by both of its trees. */
async function readGroup(
  volume: BlockSource,
  sb: XfsSuperblock,
  group: number,
  header: FreeSpaceHeader,
  signal: AbortSignal | undefined,
): Promise<readonly FreeExtent[]> {
  const tree = (index: 0 | 1) =>
    readFreeTree(volume, sb, group, {
      bySize: index === 1,
      root: header.roots[index],
      levels: header.levels[index],
      groupLength: header.length,
      maxBlocks: header.treeBlocks + 2,
      signal,
    });
  const [byPlace, bySize] = [await tree(0), await tree(1)];
  const again = [...bySize.extents].sort((a, b) => a.start - b.start);
  const same =
    byPlace.extents.length === again.length &&
    byPlace.extents.every(({ start, count }, i) => start === again[i]?.start && count === again[i]?.count);
  if (!same) throw corrupt(`the two trees of group ${group} differ`);
  const occupied = [...byPlace.blocks, ...bySize.blocks].map((block) => ({ start: block, end: block + 1 }));
  // Superblock, free space, inodes and free list: a sector each.
  occupied.push({ start: 0, end: Math.ceil((4 * sb.sectorBytes) / sb.blockBytes) });
  if (Math.floor(sb.logBlock / 2 ** sb.groupBlockBits) === group) {
    const start = sb.logBlock % 2 ** sb.groupBlockBits;
    occupied.push({ start, end: start + sb.logBlocks });
  }
  occupied.sort((a, b) => a.start - b.start);
  let total = 0;
  let from = 0;
  let end = 0;
  for (const { start, count } of byPlace.extents) {
    if (start < end || start + count > header.length) throw corrupt(`free extents of group ${group} overlap`);
    end = start + count;
    total += count;
    while ((occupied[from]?.end ?? Number.POSITIVE_INFINITY) <= start) from++;
    if ((occupied[from]?.start ?? Number.POSITIVE_INFINITY) < end) {
      throw corrupt(`group ${group} calls metadata free at block ${start}`);
    }
  }
  if (total !== header.freeBlocks) {
    throw corrupt(`group ${group} has ${total} free blocks, its head says ${header.freeBlocks}`);
  }
  return byPlace.extents;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of XFS: ${what}`);
}
