import { fieldText, le16, le32, u8, uuidText } from "../volumes/fields.ts";
import { crc32c } from "./checksum.ts";

/*
 * The superblock of ext2, ext3 and ext4: Linux, Documentation/filesystems/ext4/super.rst (v6.6).
 */

/** Where the superblock lies in its volume, and how long it is. */
export const superblockOffset = 1024;
export const superblockBytes = 1024;

/** Features that need not be known to read, nor to write. */
export const compat = {
  hasJournal: 0x4,
  resizeInode: 0x10,
  sparseSuper2: 0x200,
  orphanFile: 0x1000,
} as const;

/** Features that must be known to read. */
export const incompat = {
  compression: 0x1,
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaBg: 0x10,
  extents: 0x40,
  is64Bit: 0x80,
  mmp: 0x100,
  flexBg: 0x200,
  eaInode: 0x400,
  dirData: 0x1000,
  csumSeed: 0x2000,
  largeDir: 0x4000,
  inlineData: 0x8000,
  encrypt: 0x10000,
  caseFold: 0x20000,
} as const;

/** Features that must be known to write. */
export const roCompat = {
  sparseSuper: 0x1,
  largeFile: 0x2,
  hugeFile: 0x8,
  gdtCsum: 0x10,
  dirNlink: 0x20,
  extraIsize: 0x40,
  quota: 0x100,
  bigalloc: 0x200,
  metadataCsum: 0x400,
  readOnly: 0x1000,
  project: 0x2000,
  sharedBlocks: 0x4000,
  verity: 0x8000,
  orphanPresent: 0x10000,
} as const;

/** Incompatible features this reader understands well enough to find every file and every used block. */
const readableIncompat =
  incompat.fileType |
  incompat.recover |
  incompat.metaBg |
  incompat.extents |
  incompat.is64Bit |
  incompat.mmp |
  incompat.flexBg |
  incompat.eaInode |
  incompat.csumSeed |
  incompat.largeDir |
  incompat.inlineData |
  incompat.encrypt |
  incompat.caseFold;

/** The fields of a superblock that Sampan uses, in their own units, checked for contradictions. */
export interface ExtSuperblock {
  readonly kind: "ext2" | "ext3" | "ext4";
  readonly label: string | null;
  readonly uuid: string | null;
  readonly blockBytes: number;
  readonly clusterBytes: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  readonly clustersPerGroup: number;
  readonly groups: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly inodesPerGroup: number;
  readonly inodeBytes: number;
  readonly descriptorBytes: number;
  readonly reservedDescriptorBlocks: number;
  readonly firstMetaGroup: number;
  readonly backupGroups: readonly [number, number];
  readonly compat: number;
  readonly incompat: number;
  readonly roCompat: number;
  /** Seed of every checksum but the superblock's own. */
  readonly checksumSeed: number;
  readonly uuidBytes: Uint8Array;
  /** True when it was unmounted cleanly, shows no error, and its journal needs no replay. */
  readonly clean: boolean;
  /** What keeps this reader from understanding it; `null` when nothing does. */
  readonly unsupported: string | null;
}

/** True when the bytes, the first 2 KiB of a volume at least, carry the magic of an ext superblock. */
export function hasExtMagic(head: Uint8Array): boolean {
  return head.length >= superblockOffset + superblockBytes && le16(head, superblockOffset + 56) === 0xef53;
}

/**
 * Reads a superblock. A string says what contradicts itself, in words that complete "the ext superblock …".
 *
 * `bytes` are the 1,024 bytes of the superblock. Everything used later as a divisor, a count or a size is checked here.
 */
export function parseSuperblock(bytes: Uint8Array): ExtSuperblock | string {
  if (bytes.length < superblockBytes || le16(bytes, 56) !== 0xef53) return "has no magic number";
  const revision = le32(bytes, 76);
  const features = {
    compat: revision === 0 ? 0 : le32(bytes, 92),
    incompat: revision === 0 ? 0 : le32(bytes, 96),
    roCompat: revision === 0 ? 0 : le32(bytes, 100),
  };
  const is64Bit = (features.incompat & incompat.is64Bit) !== 0;
  const bigalloc = (features.roCompat & roCompat.bigalloc) !== 0;
  const metadataCsum = (features.roCompat & roCompat.metadataCsum) !== 0;
  if (metadataCsum && crc32c(0xffffffff, bytes.subarray(0, 1020)) !== le32(bytes, 1020)) {
    return "has a wrong checksum";
  }
  const logBlock = le32(bytes, 24);
  const logCluster = le32(bytes, 28);
  if (logBlock > 6) return `has blocks of 2^${10 + logBlock} bytes`;
  const blockBytes = 1024 << logBlock;
  if (bigalloc && (logCluster < logBlock || logCluster > 20))
    return `has clusters of 2^${10 + logCluster} bytes`;
  const clusterBytes = bigalloc ? 1024 * 2 ** logCluster : blockBytes;
  const ratio = clusterBytes / blockBytes;
  const high = is64Bit ? 0x1_0000_0000 : 0;
  const blocks = le32(bytes, 4) + le32(bytes, 336) * high;
  const freeBlocks = le32(bytes, 12) + le32(bytes, 344) * high;
  const firstDataBlock = le32(bytes, 20);
  const blocksPerGroup = le32(bytes, 32);
  const clustersPerGroup = bigalloc ? le32(bytes, 36) : blocksPerGroup;
  const inodes = le32(bytes, 0);
  const inodesPerGroup = le32(bytes, 40);
  const inodeBytes = revision === 0 ? 128 : le16(bytes, 88);
  const descriptorBytes = is64Bit ? le16(bytes, 254) : 32;
  if (firstDataBlock > 1 || firstDataBlock >= blocks) return `begins its data at block ${firstDataBlock}`;
  if (clustersPerGroup < 8 || clustersPerGroup % 8 !== 0 || clustersPerGroup > blockBytes * 8) {
    return `has ${clustersPerGroup} blocks in a group`;
  }
  if (blocksPerGroup !== clustersPerGroup * ratio) {
    return `has ${blocksPerGroup} blocks but ${clustersPerGroup} clusters in a group`;
  }
  if (inodeBytes < 128 || inodeBytes > blockBytes || (inodeBytes & (inodeBytes - 1)) !== 0) {
    return `has inodes of ${inodeBytes} bytes`;
  }
  if (descriptorBytes < 32 || descriptorBytes > 1024 || (descriptorBytes & (descriptorBytes - 1)) !== 0) {
    return `has group descriptors of ${descriptorBytes} bytes`;
  }
  if (is64Bit && descriptorBytes < 64) return `has group descriptors of ${descriptorBytes} bytes`;
  if (inodesPerGroup < 1 || inodesPerGroup > blockBytes * 8) return `has ${inodesPerGroup} inodes in a group`;
  if (freeBlocks > blocks) return `has ${freeBlocks} of ${blocks} blocks free`;
  const groups = Math.ceil((blocks - firstDataBlock) / blocksPerGroup);
  if (inodes > groups * inodesPerGroup) return `has ${inodes} inodes in ${groups} groups`;
  const uuidBytes = bytes.slice(104, 120);
  const unknown = features.incompat & ~readableIncompat;
  const extFour = incompat.extents | incompat.is64Bit | incompat.flexBg | incompat.inlineData | incompat.mmp;
  const extFourRo = roCompat.hugeFile | roCompat.gdtCsum | roCompat.dirNlink | roCompat.extraIsize;
  const journal = (features.compat & compat.hasJournal) !== 0;
  const isExt4 =
    (features.incompat & extFour) !== 0 || (features.roCompat & (extFourRo | roCompat.metadataCsum)) !== 0;
  return {
    kind: isExt4 ? "ext4" : journal ? "ext3" : "ext2",
    label: fieldText(bytes, 120, 16),
    uuid: uuidText(bytes, 104),
    blockBytes,
    clusterBytes,
    blocks,
    freeBlocks,
    firstDataBlock,
    blocksPerGroup,
    clustersPerGroup,
    groups,
    inodes,
    freeInodes: Math.min(le32(bytes, 16), inodes),
    inodesPerGroup,
    inodeBytes,
    descriptorBytes,
    reservedDescriptorBlocks: le16(bytes, 206),
    firstMetaGroup: le32(bytes, 260),
    backupGroups: [le32(bytes, 588), le32(bytes, 592)],
    ...features,
    checksumSeed:
      (features.incompat & incompat.csumSeed) !== 0 ? le32(bytes, 624) : crc32c(0xffffffff, uuidBytes),
    uuidBytes,
    // State: bit 0 clean, bit 1 errors seen. Revision 0 keeps the same field.
    clean: (le16(bytes, 58) & 3) === 1 && (features.incompat & incompat.recover) === 0,
    unsupported:
      (features.incompat & incompat.journalDevice) !== 0
        ? "is a journal for another volume"
        : unknown !== 0
          ? `uses features 0x${unknown.toString(16)} that are not known`
          : u8(bytes, 72) > 0 && le32(bytes, 72) > 1
            ? `was made by operating system ${le32(bytes, 72)}`
            : null,
  };
}

/** True when a group begins with a copy of the superblock. */
export function groupHasSuperblock(sb: ExtSuperblock, group: number): boolean {
  if (group === 0) return true;
  if ((sb.compat & compat.sparseSuper2) !== 0) return sb.backupGroups.includes(group);
  if ((sb.roCompat & roCompat.sparseSuper) === 0 || group === 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}
