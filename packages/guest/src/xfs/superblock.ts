import { SampanError } from "@sampan/core";
import { crc32c } from "../ext/checksum.ts";
import { be16, be32, be64, fieldText, hasText, hex, le32, u8 } from "../volumes/fields.ts";

/** The superblock of XFS, as far as Sampan needs it. */
export interface XfsSuperblock {
  /** 5 with checksums, 4 without. */
  readonly version: 4 | 5;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly sectorBytes: number;
  /** Allocation groups and their size in blocks; the last may be smaller. */
  readonly groups: number;
  readonly groupBlocks: number;
  /** Where the log lies, as a filesystem block number; 0 when on another device. */
  readonly logBlock: number;
  readonly logBlocks: number;
  readonly groupBlockBits: number;
  readonly inodeBytes: number;
  readonly rootInode: number;
  readonly inodesPerBlockBits: number;
  readonly directoryBlockBits: number;
  readonly freeBlocks: number;
  /** Directories say of each name what kind of file it is. */
  readonly namesHaveTypes: boolean;
  /** Inodes that exist, and how many of them are free; XFS makes more as they are needed. */
  readonly inodes: number;
  readonly freeInodes: number;
  /** As many inodes as there can be, counted as the kernel does for statfs(2). */
  readonly mostInodes: number;
  /** In hexadecimal: what every block of metadata repeats with version 5. */
  readonly metadataUuid: string;
  readonly label: string | null;
  readonly needsRepair: boolean;
  readonly incompat: number;
  readonly features2: number;
}

/** Features of version 5 after which a reader must know. */
export const xfsIncompat = { fileType: 1, metaUuid: 4, needsRepair: 16, largeCounters: 32 } as const;

// File types, sparse inodes, meta UUID, big times, needs repair, 64-bit counters, exchange range, parent pointers.
const knownIncompat = 0xff;
// Free inode tree, reverse map, reflinks, inode tree counters.
const knownRoCompat = 0x0f;

export const superblockBytes = 512;

/**
 * Reads a superblock from the first sector of a volume or of an allocation group; `GUEST_FS_CORRUPT` when it makes no
 * sense, `GUEST_FS_UNSUPPORTED` when it asks for what is not known. "XFS Algorithms & Data Structures", 3rd edition,
 * and the kernel's xfs_format.h.
 */
export function parseXfsSuperblock(bytes: Uint8Array): XfsSuperblock {
  if (!hasText(bytes, 0, "XFSB")) throw corrupt("it has no superblock");
  const version = be16(bytes, 100) & 0xf;
  const blockBytes = be32(bytes, 4);
  const sectorBytes = be16(bytes, 102);
  const groupBlocks = be32(bytes, 84);
  const groups = be32(bytes, 88);
  const blocks = be64(bytes, 8);
  const inodeBytes = be16(bytes, 104);
  const inodes = be64(bytes, 128);
  const inodesPerBlock = 2 ** u8(bytes, 123);
  const limit = Math.floor((blocks * u8(bytes, 127)) / 100) * inodesPerBlock;
  const possible = inodes + be64(bytes, 144) * inodesPerBlock;
  const isPower = (value: number, min: number, max: number) =>
    value >= min && value <= max && (value & (value - 1)) === 0;
  if (version !== 4 && version !== 5) throw unsupported(`it is of version ${version}`);
  // Version 4 has a bit for directories of the second form; those of the first were last written by IRIX.
  if ((be16(bytes, 100) & 0x2000) === 0) throw unsupported("its directories are of the first form");
  const sound =
    isPower(blockBytes, 512, 65536) &&
    isPower(sectorBytes, 512, 32768) &&
    isPower(inodeBytes, 256, 2048) &&
    blockBytes === 2 ** u8(bytes, 120) &&
    groupBlocks >= 64 &&
    groups >= 1 &&
    Number.isSafeInteger(blocks * blockBytes) &&
    groups === Math.ceil(blocks / groupBlocks) &&
    u8(bytes, 124) === Math.ceil(Math.log2(groupBlocks)) &&
    blockBytes / inodeBytes === 2 ** u8(bytes, 123) &&
    // A block of a directory has at most 64 KiB.
    blockBytes * 2 ** u8(bytes, 192) <= 65536;
  if (!sound) throw corrupt("its superblock contradicts itself");
  const incompat = version === 5 ? be32(bytes, 216) : 0;
  if (version === 5 && ((incompat & ~knownIncompat) !== 0 || (be32(bytes, 212) & ~knownRoCompat) !== 0)) {
    throw unsupported("it uses features that are not known");
  }
  return {
    version,
    blockBytes,
    blocks,
    sectorBytes,
    groups,
    groupBlocks,
    logBlock: be64(bytes, 48),
    logBlocks: be32(bytes, 96),
    groupBlockBits: u8(bytes, 124),
    inodeBytes,
    rootInode: be64(bytes, 56),
    inodesPerBlockBits: u8(bytes, 123),
    directoryBlockBits: u8(bytes, 192),
    freeBlocks: be64(bytes, 144),
    namesHaveTypes:
      version === 5
        ? (incompat & xfsIncompat.fileType) !== 0
        : (be16(bytes, 100) & 0x8000) !== 0 && (be32(bytes, 200) & 0x200) !== 0,
    inodes,
    freeInodes: Math.min(be64(bytes, 136), inodes),
    // A limit of 0 means none.
    mostInodes: Math.max(inodes, limit > 0 ? Math.min(possible, limit) : possible),
    metadataUuid: hex((incompat & xfsIncompat.metaUuid) !== 0 ? bytes.slice(248, 264) : bytes.slice(32, 48)),
    label: fieldText(bytes, 108, 12),
    needsRepair: (incompat & xfsIncompat.needsRepair) !== 0 || u8(bytes, 126) !== 0,
    incompat,
    features2: be32(bytes, 200),
  };
}

/** Refuses a structure of version 5 whose checksum, which lies at `at`, does not hold. */
export function checkXfsChecksum(bytes: Uint8Array, at: number, what: string): void {
  let crc = crc32c(0xffffffff, bytes.subarray(0, at));
  crc = crc32c(crc, new Uint8Array(4));
  crc = ~crc32c(crc, bytes.subarray(at + 4)) >>> 0;
  if (crc !== le32(bytes, at)) throw corrupt(`${what} has a wrong checksum`);
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading XFS: ${what}`);
}

function unsupported(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading XFS: ${what}`);
}
