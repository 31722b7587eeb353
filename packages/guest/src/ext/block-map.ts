import { SampanError } from "@sampan/core";
import { le16, le32 } from "../volumes/fields.ts";
import type { ExtInode } from "./inode.ts";
import type { ExtSuperblock } from "./superblock.ts";

/*
 * Where the bytes of a file lie: an extent tree (ext4) or direct and indirect blocks (ext2, ext3).
 */

/** Neighbouring blocks of a file that are neighbours on the volume too; `physical` is `null` for a hole. */
export interface BlockRunOfFile {
  readonly logical: number;
  readonly physical: number | null;
  readonly count: number;
}

/** Nodes of an extent tree looked at for one file; a file of 64 MiB in single blocks has about 50. */
const maxTreeNodes = 4096;

type ReadBlock = (block: number) => Promise<Uint8Array>;

/**
 * Lists where the first `blocks` blocks of a file lie, in order and without gaps.
 *
 * Throws `GUEST_FS_CORRUPT` when the tree leaves the file system, is deeper or larger than any can be, or runs backward.
 */
export async function mapBlocks(
  sb: ExtSuperblock,
  inode: ExtInode,
  blocks: number,
  readBlock: ReadBlock,
): Promise<readonly BlockRunOfFile[]> {
  const runs: BlockRunOfFile[] = [];
  let position = 0;
  const add = (logical: number, physical: number, count: number, unwritten: boolean) => {
    if (logical < position || physical === 0 || physical + count > sb.blocks) {
      throw corrupt(inode, `block ${logical} lies at ${physical}`);
    }
    if (logical > position) runs.push({ logical: position, physical: null, count: logical - position });
    runs.push({ logical, physical: unwritten ? null : physical, count });
    position = logical + count;
  };
  if (inode.usesExtents) await walkExtents(inode, blocks, readBlock, sb, add);
  else
    await walkPointers(sb, inode, blocks, readBlock, (logical, physical) => add(logical, physical, 1, false));
  if (position < blocks) runs.push({ logical: position, physical: null, count: blocks - position });
  return join(runs, blocks);
}

type AddRun = (logical: number, physical: number, count: number, unwritten: boolean) => void;

async function walkExtents(
  inode: ExtInode,
  blocks: number,
  readBlock: ReadBlock,
  sb: ExtSuperblock,
  add: AddRun,
): Promise<void> {
  let nodes = 0;
  const visit = async (node: Uint8Array, depth: number): Promise<void> => {
    if (++nodes > maxTreeNodes) throw corrupt(inode, `its extent tree has more than ${maxTreeNodes} nodes`);
    const entries = le16(node, 2);
    if (le16(node, 0) !== 0xf30a || le16(node, 6) !== depth || 12 + entries * 12 > node.length) {
      throw corrupt(inode, "a node of its extent tree is no node");
    }
    for (let index = 0; index < entries; index++) {
      const at = 12 + index * 12;
      const logical = le32(node, at);
      if (logical >= blocks) return;
      if (depth > 0) {
        const child = le32(node, at + 4) + le16(node, at + 8) * 0x1_0000_0000;
        if (child === 0 || child >= sb.blocks)
          throw corrupt(inode, `its extent tree goes on at block ${child}`);
        await visit(await readBlock(child), depth - 1);
        continue;
      }
      const length = le16(node, at + 4);
      // Above 32,768 the extent is allocated but was never written.
      const count = length > 32768 ? length - 32768 : length;
      if (count === 0) continue;
      const physical = le32(node, at + 8) + le16(node, at + 6) * 0x1_0000_0000;
      add(logical, physical, count, length > 32768);
    }
  };
  const depth = le16(inode.root, 6);
  if (depth > 5) throw corrupt(inode, `its extent tree is ${depth} levels deep`);
  await visit(inode.root, depth);
}

async function walkPointers(
  sb: ExtSuperblock,
  inode: ExtInode,
  blocks: number,
  readBlock: ReadBlock,
  add: (logical: number, physical: number) => void,
): Promise<void> {
  const perBlock = sb.blockBytes / 4;
  let logical = 0;
  const visit = async (block: number, level: number): Promise<void> => {
    const span = perBlock ** level;
    if (block === 0) {
      logical += span;
      return;
    }
    if (level === 0) {
      add(logical++, block);
      return;
    }
    if (block >= sb.blocks) throw corrupt(inode, `an indirect block lies at ${block}`);
    const pointers = await readBlock(block);
    for (let index = 0; index < perBlock && logical < blocks; index++) {
      await visit(le32(pointers, index * 4), level - 1);
    }
  };
  for (let index = 0; index < 15 && logical < blocks; index++) {
    await visit(le32(inode.root, index * 4), Math.max(0, index - 11));
  }
}

function join(runs: readonly BlockRunOfFile[], blocks: number): readonly BlockRunOfFile[] {
  const joined: BlockRunOfFile[] = [];
  for (const run of runs) {
    const count = Math.min(run.count, blocks - run.logical);
    if (count <= 0) break;
    const last = joined[joined.length - 1];
    const follows =
      last !== undefined &&
      (last.physical === null ? run.physical === null : run.physical === last.physical + last.count);
    if (last && follows) {
      joined[joined.length - 1] = { ...last, count: last.count + count };
    } else joined.push({ ...run, count });
  }
  return joined;
}

function corrupt(inode: ExtInode, what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading inode ${inode.number} of ext: ${what}`, {
    details: { inode: inode.number },
  });
}
