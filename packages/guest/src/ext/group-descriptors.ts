import { type ByteRange, SampanError } from "@sampan/core";
import { le16, le32 } from "../volumes/fields.ts";
import { crc16, crc32c, le32Bytes } from "./checksum.ts";
import { type ExtSuperblock, groupHasSuperblock, incompat, roCompat } from "./superblock.ts";

/** What a group descriptor says. Block numbers count from the start of the volume. */
export interface GroupDescriptor {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  /** Free clusters; without bigalloc a cluster is a block. */
  readonly freeClusters: number;
  /** The block bitmap was never written: only the group's own metadata is in use. */
  readonly blocksUninitialised: boolean;
  readonly inodesUninitialised: boolean;
  /** Checksum of the block bitmap: 32 or, in short descriptors, 16 bits. */
  readonly blockBitmapChecksum: number;
}

/** Descriptors of 2^20 groups describe 128 TiB in blocks of 4 KiB. */
const maxGroups = 1 << 20;

/** The block that holds the primary superblock. */
function superblockBlock(sb: ExtSuperblock): number {
  return sb.blockBytes === 1024 ? 1 : 0;
}

export function descriptorsPerBlock(sb: ExtSuperblock): number {
  return Math.floor(sb.blockBytes / sb.descriptorBytes);
}

/** How many blocks the descriptors of all groups fill. */
export function descriptorBlocks(sb: ExtSuperblock): number {
  return Math.ceil(sb.groups / descriptorsPerBlock(sb));
}

/** First block of a group. */
export function groupFirstBlock(sb: ExtSuperblock, group: number): number {
  return sb.firstDataBlock + group * sb.blocksPerGroup;
}

/** How many blocks a group has; the last may have fewer. */
export function groupBlocks(sb: ExtSuperblock, group: number): number {
  return Math.min(sb.blocksPerGroup, sb.blocks - groupFirstBlock(sb, group));
}

/** The block that holds block `index` of the descriptor table. */
function descriptorBlockAt(sb: ExtSuperblock, index: number): number {
  if ((sb.incompat & incompat.metaBg) === 0 || index < sb.firstMetaGroup)
    return superblockBlock(sb) + 1 + index;
  const group = index * descriptorsPerBlock(sb);
  const behindBootBlock = sb.blockBytes === 1024 && sb.firstDataBlock === 0 && group === 0 ? 1 : 0;
  return groupFirstBlock(sb, group) + (groupHasSuperblock(sb, group) ? 1 : 0) + behindBootBlock;
}

/** Copies of the superblock and of descriptors that lie at the beginning of a group, reserved blocks included, as blocks. */
export function groupHeadBlocks(sb: ExtSuperblock, group: number): ByteRange {
  const first = groupFirstBlock(sb, group);
  const hasSuper = groupHasSuperblock(sb, group);
  const perBlock = descriptorsPerBlock(sb);
  const metaGroup = Math.floor(group / perBlock);
  const metaBg = (sb.incompat & incompat.metaBg) !== 0;
  let length = hasSuper ? 1 : 0;
  if (!metaBg || metaGroup < sb.firstMetaGroup) {
    const table = metaBg ? sb.firstMetaGroup : descriptorBlocks(sb) + sb.reservedDescriptorBlocks;
    if (hasSuper) length += table;
  } else if (group % perBlock === 0 || group % perBlock === 1 || group % perBlock === perBlock - 1) {
    length += 1;
  }
  return { offset: first, length };
}

/**
 * Reads and checks every group descriptor.
 *
 * Throws `GUEST_FS_CORRUPT` when a descriptor points outside the file system or its checksum is wrong, and
 * `GUEST_FS_UNSUPPORTED` for more groups than any real file system has. `readBlocks` gives bytes of the volume.
 */
export async function readGroupDescriptors(
  sb: ExtSuperblock,
  readBlocks: (block: number, count: number) => Promise<Uint8Array>,
): Promise<readonly GroupDescriptor[]> {
  if (sb.groups > maxGroups) {
    throw new SampanError("GUEST_FS_UNSUPPORTED", `reading ${sb.kind} with ${sb.groups} groups`, {
      details: { groups: sb.groups, maxGroups },
    });
  }
  const perBlock = descriptorsPerBlock(sb);
  const total = descriptorBlocks(sb);
  const descriptors: GroupDescriptor[] = [];
  let index = 0;
  while (index < total) {
    // Neighbouring blocks of the table are read together.
    const start = descriptorBlockAt(sb, index);
    let count = 1;
    const most = Math.max(1, Math.floor((1024 * 1024) / sb.blockBytes));
    while (index + count < total && count < most && descriptorBlockAt(sb, index + count) === start + count)
      count++;
    if (start + count > sb.blocks) throw corrupt(sb, index * perBlock, "lies outside the file system");
    const bytes = await readBlocks(start, count);
    for (let slot = 0; slot < count * perBlock && descriptors.length < sb.groups; slot++) {
      const at = Math.floor(slot / perBlock) * sb.blockBytes + (slot % perBlock) * sb.descriptorBytes;
      const group = descriptors.length;
      descriptors.push(parseDescriptor(sb, group, bytes.subarray(at, at + sb.descriptorBytes)));
    }
    index += count;
  }
  return descriptors;
}

function parseDescriptor(sb: ExtSuperblock, group: number, bytes: Uint8Array): GroupDescriptor {
  const long = sb.descriptorBytes >= 64 && (sb.incompat & incompat.is64Bit) !== 0;
  const high = (offset: number) => (long ? le32(bytes, offset) * 0x1_0000_0000 : 0);
  const checked = (sb.roCompat & (roCompat.gdtCsum | roCompat.metadataCsum)) !== 0;
  if (checked && le16(bytes, 30) !== descriptorChecksum(sb, group, bytes)) {
    throw corrupt(sb, group, "has a wrong checksum");
  }
  const flags = checked ? le16(bytes, 18) : 0;
  const descriptor: GroupDescriptor = {
    blockBitmap: le32(bytes, 0) + high(32),
    inodeBitmap: le32(bytes, 4) + high(36),
    inodeTable: le32(bytes, 8) + high(40),
    freeClusters: le16(bytes, 12) + (long ? le16(bytes, 44) * 0x10000 : 0),
    inodesUninitialised: (flags & 1) !== 0,
    blocksUninitialised: (flags & 2) !== 0,
    blockBitmapChecksum: (le16(bytes, 24) | (long ? le16(bytes, 56) << 16 : 0)) >>> 0,
  };
  const tableBlocks = inodeTableBlocks(sb);
  const inside = (block: number, count: number) => block >= sb.firstDataBlock && block + count <= sb.blocks;
  if (
    !inside(descriptor.blockBitmap, 1) ||
    !inside(descriptor.inodeBitmap, 1) ||
    !inside(descriptor.inodeTable, tableBlocks)
  ) {
    throw corrupt(sb, group, "points outside the file system");
  }
  return descriptor;
}

/** How many blocks the inode table of a group fills. */
export function inodeTableBlocks(sb: ExtSuperblock): number {
  return Math.ceil((sb.inodesPerGroup * sb.inodeBytes) / sb.blockBytes);
}

function descriptorChecksum(sb: ExtSuperblock, group: number, bytes: Uint8Array): number {
  const number = le32Bytes(group);
  if ((sb.roCompat & roCompat.metadataCsum) !== 0) {
    const copy = bytes.slice();
    copy.fill(0, 30, 32);
    return crc32c(crc32c(sb.checksumSeed, number), copy) & 0xffff;
  }
  let crc = crc16(0xffff, sb.uuidBytes);
  crc = crc16(crc, number);
  crc = crc16(crc, bytes.subarray(0, 30));
  return (sb.incompat & incompat.is64Bit) !== 0 ? crc16(crc, bytes.subarray(32)) : crc;
}

function corrupt(sb: ExtSuperblock, group: number, what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading ${sb.kind}: the descriptor of group ${group} ${what}`, {
    details: { group },
  });
}
