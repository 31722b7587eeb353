import { be16, be32, be64, hasText, hex } from "../volumes/fields.ts";
import { corruptInode, type XfsInode } from "./inode.ts";
import { checkXfsChecksum, type XfsSuperblock } from "./superblock.ts";

/*
 * Where the bytes of a file lie: a list of extents in the inode, or a tree of them, whose root is in the inode and whose
 * other blocks lie anywhere. "XFS Algorithms & Data Structures", 3rd edition, "Data Extents".
 */

/** Neighbouring blocks of a file that are neighbours on the volume too. */
export interface XfsExtent {
  readonly logical: number;
  /** Block of the volume, counted from its beginning; `null` where nothing was ever written. */
  readonly physical: number | null;
  readonly count: number;
}

type ReadBlock = (block: number) => Promise<Uint8Array>;

const recordBytes = 16;
/** Blocks of up to 64 KiB and 2^54 blocks of a file: no tree is deeper. */
const maxLevels = 9;

/**
 * Lists the extents of a file in order, up to its block `blocks`; holes are left out.
 *
 * Every block of a tree must lead on in the file, so a loop ends at once. Throws `GUEST_FS_CORRUPT` where it does not,
 * or where an extent leaves its allocation group.
 */
export async function* xfsExtents(
  sb: XfsSuperblock,
  inode: XfsInode,
  blocks: number,
  readBlock: ReadBlock,
): AsyncGenerator<XfsExtent> {
  let position = 0;
  const records = function* (bytes: Uint8Array, at: number, count: number): Generator<XfsExtent> {
    for (let i = 0; i < count; i++) {
      const extent = parseExtent(sb, bytes, at + i * recordBytes);
      if (extent === undefined || extent.logical < position) {
        throw corruptInode(inode.number, `extent ${i} after block ${position} makes no sense`);
      }
      position = extent.logical + extent.count;
      if (extent.logical >= blocks) return;
      yield extent;
    }
  };
  const visit = async function* (pointer: number, level: number): AsyncGenerator<XfsExtent> {
    const block = blockOf(sb, pointer, 1);
    if (block === undefined) throw corruptInode(inode.number, `its tree goes on at block ${pointer}`);
    const bytes = await readBlock(block);
    const headBytes = sb.version === 5 ? 72 : 24;
    const max = Math.floor((sb.blockBytes - headBytes) / recordBytes);
    const count = be16(bytes, 6);
    const sound =
      hasText(bytes, 0, sb.version === 5 ? "BMA3" : "BMAP") &&
      be16(bytes, 4) === level &&
      count >= 1 &&
      count <= max;
    if (!sound) throw corruptInode(inode.number, `block ${block} is no part of its tree`);
    if (sb.version === 5) {
      checkXfsChecksum(bytes, 64, `block ${block} of inode ${inode.number}'s tree`);
      if (be64(bytes, 56) !== inode.number || hex(bytes.subarray(40, 56)) !== sb.metadataUuid) {
        throw corruptInode(inode.number, `block ${block} belongs to another`);
      }
    }
    if (level === 0) yield* records(bytes, headBytes, count);
    else yield* children(bytes, headBytes, max, count, level);
  };
  /** Goes down from a node; its keys, at `at`, are followed by its pointers, each with room for `max`. */
  const children = async function* (
    bytes: Uint8Array,
    at: number,
    max: number,
    count: number,
    level: number,
  ): AsyncGenerator<XfsExtent> {
    for (let i = 0; i < count; i++) {
      if (be64(bytes, at + i * 8) >= blocks) return;
      const before = position;
      yield* visit(be64(bytes, at + max * 8 + i * 8), level - 1);
      // A node whose keys contradict its parent's would be gone through again and again.
      if (position === before) return;
    }
  };
  if (inode.format === "extents") {
    if (inode.extents * recordBytes > inode.fork.length) {
      throw corruptInode(inode.number, `it cannot hold ${inode.extents} extents`);
    }
    yield* records(inode.fork, 0, inode.extents);
    return;
  }
  if (inode.format !== "btree") throw corruptInode(inode.number, "it has no list of extents");
  const level = be16(inode.fork, 0);
  const count = be16(inode.fork, 2);
  const max = Math.floor((inode.fork.length - 4) / recordBytes);
  if (level < 1 || level > maxLevels || count < 1 || count > max) {
    throw corruptInode(inode.number, "the root of its tree makes no sense");
  }
  yield* children(inode.fork, 4, max, count, level);
}

/** An extent's record: one bit "unwritten", 54 bits of place in the file, 52 of place on the volume, 21 of length. */
function parseExtent(sb: XfsSuperblock, bytes: Uint8Array, at: number): XfsExtent | undefined {
  const [first, second, third, fourth] = [0, 4, 8, 12].map((offset) => be32(bytes, at + offset)) as [
    number,
    number,
    number,
    number,
  ];
  const logical = (first & 0x7fffffff) * 2 ** 23 + (second >>> 9);
  const count = fourth & 0x1fffff;
  const physical = blockOf(sb, (second & 0x1ff) * 2 ** 43 + third * 2 ** 11 + (fourth >>> 21), count);
  if (physical === undefined || count === 0) return undefined;
  return { logical, physical: first >>> 31 === 1 ? null : physical, count };
}

/**
 * Where a run of blocks lies, counted from the beginning of the volume: pointers have the allocation group in their
 * upper bits. `undefined` when it leaves its group.
 */
export function blockOf(sb: XfsSuperblock, pointer: number, count: number): number | undefined {
  const group = Math.floor(pointer / 2 ** sb.groupBlockBits);
  const inGroup = pointer % 2 ** sb.groupBlockBits;
  const block = group * sb.groupBlocks + inGroup;
  if (group >= sb.groups || inGroup + count > sb.groupBlocks || block + count > sb.blocks) return undefined;
  return block;
}
