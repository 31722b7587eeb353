import type { PagedReader } from "../files/paged-reader.ts";
import { hex, le32, le64, u8 } from "../volumes/fields.ts";
import { ChunkMap } from "./chunk-map.ts";
import { type BtrfsSuperblock, corruptBtrfs, type TreeRoot } from "./superblock.ts";

/** What an item of a tree is found by, in this order. */
export interface Key {
  readonly object: number;
  readonly type: number;
  readonly offset: number;
}

/** An item of a tree. Its bytes must not be changed. */
export interface Item {
  readonly key: Key;
  readonly bytes: Uint8Array;
}

/** Types of items. */
export const itemType = {
  inode: 1,
  name: 84,
  nameByIndex: 96,
  extent: 108,
  root: 132,
  chunk: 228,
} as const;

const chunkTreeObject = 256;
const nodeHeadBytes = 101;
const itemHeadBytes = 25;
const pointerBytes = 33;
/** The kernel's own limit. */
const maxLevel = 7;
const keptNodes = 64;

/** Reads items of the trees of one Btrfs: sorted, by a range of keys. */
export class BtrfsTrees {
  readonly superblock: BtrfsSuperblock;
  readonly chunks: ChunkMap;
  readonly #reader: PagedReader;
  /** Nodes that were read and found sound, by their addresses; the one not used for longest comes first. */
  readonly #nodes = new Map<number, Uint8Array>();

  private constructor(superblock: BtrfsSuperblock, reader: PagedReader) {
    this.superblock = superblock;
    this.#reader = reader;
    this.chunks = new ChunkMap(superblock.device);
  }

  /** Learns where everything lies: first the chunks with the tree of chunks, then all that this tree lists. */
  static async open(superblock: BtrfsSuperblock, reader: PagedReader): Promise<BtrfsTrees> {
    const trees = new BtrfsTrees(superblock, reader);
    const { systemChunks, chunkTree } = superblock;
    for (let at = 0; at + 17 < systemChunks.length; ) {
      const address = parseKey(systemChunks, at).offset;
      at += 17 + trees.chunks.add(address, systemChunks.subarray(at + 17));
    }
    const items = trees.items(chunkTree, { object: chunkTreeObject, type: itemType.chunk });
    for await (const { key, bytes } of items) trees.chunks.add(key.offset, bytes);
    return trees;
  }

  /**
   * Gives the items of a tree with one object and type, whose offset is at least `from` and at most `to`, in order.
   *
   * Every node must hold what its parent says, and nothing of its neighbours: so none is gone through twice, and a loop
   * ends at once. Throws `GUEST_FS_CORRUPT`.
   */
  async *items(
    root: TreeRoot,
    wanted: { readonly object: number; readonly type: number; readonly from?: number; readonly to?: number },
  ): AsyncGenerator<Item> {
    const { object, type, from = 0, to = Number.POSITIVE_INFINITY } = wanted;
    const first: Key = { object, type, offset: from };
    const last: Key = { object, type, offset: to };
    const visit = async function* (
      trees: BtrfsTrees,
      address: number,
      level: number,
      low: Key | undefined,
      high: Key | undefined,
    ): AsyncGenerator<Item> {
      const node = await trees.#node(address, level);
      const count = le32(node, 96);
      const entryBytes = level === 0 ? itemHeadBytes : pointerBytes;
      if (
        nodeHeadBytes + count * entryBytes > node.length ||
        (count === 0 && (level > 0 || low !== undefined))
      ) {
        throw corruptBtrfs(`the node at ${address} has ${count} entries`);
      }
      const keyAt = (index: number) => parseKey(node, nodeHeadBytes + index * entryBytes);
      if (low && compareKeys(keyAt(0), low) !== 0)
        throw corruptBtrfs(`the node at ${address} begins elsewhere`);
      for (let index = 0; index < count; index++) {
        const key = keyAt(index);
        const next = index + 1 < count ? keyAt(index + 1) : high;
        if (next && compareKeys(key, next) >= 0) throw corruptBtrfs(`the node at ${address} is out of order`);
        if (compareKeys(key, last) > 0) return;
        const at = nodeHeadBytes + index * entryBytes + 17;
        if (level > 0) {
          if (next && compareKeys(next, first) <= 0) continue;
          yield* visit(trees, le64(node, at), level - 1, key, next);
        } else if (compareKeys(key, first) >= 0) {
          const start = nodeHeadBytes + le32(node, at);
          const end = start + le32(node, at + 4);
          if (end > node.length) throw corruptBtrfs(`an item of the node at ${address} leaves it`);
          yield { key, bytes: node.subarray(start, end) };
        }
      }
    };
    if (root.level > maxLevel) throw corruptBtrfs(`a tree has ${root.level} levels`);
    yield* visit(this, root.address, root.level, undefined, undefined);
  }

  /** The one item with a key; `undefined` when there is none. */
  async item(root: TreeRoot, { object, type, offset }: Key): Promise<Uint8Array | undefined> {
    for await (const { bytes } of this.items(root, { object, type, from: offset, to: offset })) return bytes;
    return undefined;
  }

  /** Bytes at a logical address. The buffer must not be changed. */
  read(address: number, length: number): Promise<Uint8Array> {
    return this.#reader.read(this.chunks.offsetOf(address, length), length);
  }

  async #node(address: number, level: number): Promise<Uint8Array> {
    const { nodeBytes, nodeUuid, checksum } = this.superblock;
    let node = this.#nodes.get(address);
    if (node === undefined) {
      node = await this.read(address, nodeBytes);
      if (checksum?.(node) === false) throw corruptBtrfs(`the node at ${address} has a wrong checksum`);
      if (le64(node, 48) !== address || hex(node.subarray(32, 48)) !== nodeUuid) {
        throw corruptBtrfs(`the node at ${address} belongs elsewhere`);
      }
    }
    this.#nodes.delete(address);
    this.#nodes.set(address, node);
    const oldest = this.#nodes.keys().next();
    if (this.#nodes.size > keptNodes && !oldest.done) this.#nodes.delete(oldest.value);
    if (u8(node, 100) !== level)
      throw corruptBtrfs(`the node at ${address} is not ${level} above the leaves`);
    return node;
  }
}

export function parseKey(bytes: Uint8Array, at: number): Key {
  return { object: le64(bytes, at), type: u8(bytes, at + 8), offset: le64(bytes, at + 9) };
}

function compareKeys(a: Key, b: Key): number {
  return a.object - b.object || a.type - b.type || a.offset - b.offset || 0;
}
