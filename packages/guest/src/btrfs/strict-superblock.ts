import { SampanError } from "@sampan/core";
import { le32, le64 } from "../volumes/fields.ts";
import { type BtrfsSuperblock, corruptBtrfs, parseBtrfsSuperblock, type TreeRoot } from "./superblock.ts";

/** A tree's root, and when it was written. */
export interface DatedRoot extends TreeRoot {
  readonly generation: number;
}

/** A superblock of a file system whose free space can be told, with the fields that takes. */
export interface StrictSuperblock extends BtrfsSuperblock {
  readonly checksum: (bytes: Uint8Array) => boolean;
  readonly rootTree: DatedRoot;
  readonly chunkTree: DatedRoot;
  /** Bytes in all extents. */
  readonly usedBytes: number;
  readonly deviceBytes: number;
  /** Bytes of the device that chunks take. */
  readonly deviceUsedBytes: number;
  /** Block groups are listed in a tree of their own. */
  readonly blockGroupTree: boolean;
}

/** Free space tree and whether it is valid, verity, block group tree. */
const knownReadOnly = 0xf;
const blockGroupTreeFeature = 8;
/** In the upper half of the flags: seeds are parents of other file systems, dumps hold metadata only. */
const strangeFlags = 0x3;

/** Reads a superblock as {@link parseBtrfsSuperblock} does, and refuses what makes free space doubtful. */
export function parseStrictSuperblock(bytes: Uint8Array): StrictSuperblock {
  const superblock = parseBtrfsSuperblock(bytes);
  const { checksum } = superblock;
  if (checksum === null) throw unsupportedBtrfs("checksums that are not computed here");
  if (le64(bytes, 0x30) !== 0x10000) throw corruptBtrfs("its superblock belongs elsewhere");
  if ((le32(bytes, 0x3c) & strangeFlags) !== 0) throw unsupportedBtrfs("the flags of a seed or a dump");
  const readOnly = le32(bytes, 0xb4);
  if (le32(bytes, 0xb8) !== 0 || readOnly & ~knownReadOnly)
    throw unsupportedBtrfs("features that are not known");
  if (le64(bytes, 0x88) !== 1) throw unsupportedBtrfs(`${le64(bytes, 0x88)} devices`);
  if (superblock.hasLog)
    throw new SampanError("GUEST_FS_DIRTY", "reading the free space of Btrfs whose log must be replayed");
  return {
    ...superblock,
    checksum,
    rootTree: { ...superblock.rootTree, generation: le64(bytes, 0x48) },
    chunkTree: { ...superblock.chunkTree, generation: le64(bytes, 0xa4) },
    usedBytes: le64(bytes, 0x78),
    deviceBytes: le64(bytes, 0xd1),
    deviceUsedBytes: le64(bytes, 0xd9),
    blockGroupTree: (readOnly & blockGroupTreeFeature) !== 0,
  };
}

export function unsupportedBtrfs(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading the free space of Btrfs with ${what}`);
}
