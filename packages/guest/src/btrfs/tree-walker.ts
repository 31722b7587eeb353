import type { BlockSource } from "@sampan/image";
import { hex, le32, le64, u8 } from "../volumes/fields.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import type { SpaceChunks } from "./space-chunks.ts";
import { type DatedRoot, type StrictSuperblock, unsupportedBtrfs } from "./strict-superblock.ts";
import { corruptBtrfs } from "./superblock.ts";

/*
 * Reads whole trees once, in order, without keeping anything, and demands of every node all that a node says of itself. Files are read by
 * `trees.ts`, which looks items up, keeps nodes and puts up with more.
 */

/** One item of a tree. */
export interface TreeItem {
  readonly objectId: number;
  readonly type: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const headBytes = 101;
const keyBytes = 17;
const itemBytes = keyBytes + 8;
const pointerBytes = 33;
const maximumLevel = 7;
/** 1 GiB of nodes of 16 KiB: more takes too long. */
const maximumNodes = 65_536;

/** What is told of each item of a tree. */
export type OnItem = (item: TreeItem) => void;

/** Which objects of a tree are wanted, both ends included. */
export interface ObjectRange {
  readonly from: number;
  readonly to: number;
}
const allObjects: ObjectRange = { from: 0, to: Number.POSITIVE_INFINITY };

/** Reads trees of a file system, and remembers which nodes it has seen. */
export class TreeWalker {
  readonly #volume: BlockSource;
  readonly #superblock: StrictSuperblock;
  readonly #signal: AbortSignal | undefined;
  /** Where the nodes are looked for: the system's chunks first, then all of them. */
  chunks: SpaceChunks;
  /** Logical places of all nodes that were read. */
  readonly nodes = new Set<number>();

  constructor(
    volume: BlockSource,
    superblock: StrictSuperblock,
    chunks: SpaceChunks,
    signal: AbortSignal | undefined,
  ) {
    this.#volume = volume;
    this.#superblock = superblock;
    this.chunks = chunks;
    this.#signal = signal;
  }

  /**
   * Tells the items of a tree in the order of their keys.
   *
   * @param owner the tree's id, which its nodes bear.
   * @throws `GUEST_FS_CORRUPT` for a node that fails its checksum or belongs elsewhere, and for keys out of order;
   * `GUEST_FS_UNSUPPORTED` when more than 65,536 nodes were read in all.
   */
  async visit(root: DatedRoot, owner: number, onItem: OnItem, wanted = allObjects): Promise<void> {
    if (root.level > maximumLevel) throw corruptBtrfs(`tree ${owner} has ${root.level + 1} levels`);
    const walk: Walk = { owner, onItem, wanted, last: undefined };
    await this.#visit(root, walk);
  }

  async #visit(at: DatedRoot, walk: Walk): Promise<void> {
    const node = await this.#read(at, walk.owner);
    if (at.level === 0) {
      tellItems(node, walk);
      return;
    }
    const count = le32(node, 96);
    if (count === 0 || headBytes + count * pointerBytes > node.length)
      throw corruptBtrfs(`the node at ${at.address} leads to ${count} others`);
    const { from, to } = walk.wanted;
    for (let index = 0; index < count; index++) {
      const pointer = headBytes + index * pointerBytes;
      if (le64(node, pointer) > to) return;
      // What the next one begins with ends this one.
      if (index + 1 < count && le64(node, pointer + pointerBytes) < from) continue;
      const child = {
        address: le64(node, pointer + 17),
        level: at.level - 1,
        generation: le64(node, pointer + 25),
      };
      await this.#visit(child, walk);
    }
  }

  async #read({ address, level, generation }: DatedRoot, owner: number): Promise<Uint8Array> {
    const { nodeBytes, checksum, nodeUuid } = this.#superblock;
    if (this.nodes.has(address)) throw corruptBtrfs(`the node at ${address} is named twice`);
    if (this.nodes.size >= maximumNodes) throw unsupportedBtrfs(`more than ${maximumNodes} nodes to read`);
    this.nodes.add(address);
    const at = this.chunks.placeOf(address, nodeBytes);
    const bytes = await readBytes(this.#volume, at, nodeBytes, this.#signal);
    if (bytes.length < nodeBytes) throw corruptBtrfs(`the node at ${address} reaches past the end`);
    if (!checksum(bytes)) throw corruptBtrfs(`the checksum of the node at ${address} is wrong`);
    const own =
      le64(bytes, 48) === address &&
      hex(bytes.subarray(32, 48)) === nodeUuid &&
      le64(bytes, 80) === generation &&
      le64(bytes, 88) === owner &&
      u8(bytes, 100) === level;
    if (!own) throw corruptBtrfs(`the node at ${address} belongs elsewhere, or to another time`);
    return bytes;
  }
}

interface Walk {
  readonly owner: number;
  readonly onItem: OnItem;
  readonly wanted: ObjectRange;
  /** The key of the last item. */
  last: Uint8Array | undefined;
}

function tellItems(leaf: Uint8Array, walk: Walk): void {
  const { owner, onItem, wanted } = walk;
  const count = le32(leaf, 96);
  if (headBytes + count * itemBytes > leaf.length)
    throw corruptBtrfs(`a leaf of tree ${owner} has ${count} items`);
  for (let index = 0; index < count; index++) {
    const at = headBytes + index * itemBytes;
    const key = leaf.subarray(at, at + keyBytes);
    if (walk.last && !isBefore(walk.last, key)) throw corruptBtrfs(`keys of tree ${owner} are out of order`);
    walk.last = key;
    const start = headBytes + le32(leaf, at + keyBytes);
    const end = start + le32(leaf, at + keyBytes + 4);
    if (end > leaf.length) throw corruptBtrfs(`an item of tree ${owner} reaches out of its leaf`);
    const item = {
      objectId: le64(key, 0),
      type: u8(key, 8),
      offset: le64(key, 9),
      bytes: leaf.subarray(start, end),
    };
    if (item.objectId >= wanted.from && item.objectId <= wanted.to) onItem(item);
  }
}

/** Keys are compared as object (8), type (1) and offset (8), of which the last byte counts most: exactly, all 64 bits. */
function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  for (const at of [4, 0]) if (le32(a, at) !== le32(b, at)) return le32(a, at) < le32(b, at);
  if (u8(a, 8) !== u8(b, 8)) return u8(a, 8) < u8(b, 8);
  for (const at of [13, 9]) if (le32(a, at) !== le32(b, at)) return le32(a, at) < le32(b, at);
  return false;
}
