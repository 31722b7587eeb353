import type { BlockSource } from "@sampan/image";
import { crc32c } from "../ext/checksum.ts";
import {
  chunkBytes,
  type FileNode,
  type FileVolume,
  readFileBytes,
  zeroChunks,
} from "../files/file-volume.ts";
import { PagedReader, type ReadBudget } from "../files/paged-reader.ts";
import { le16, le32, le64, u8 } from "../volumes/fields.ts";
import { isEncoded, maxPackedBytes, unpackExtent } from "./content.ts";
import {
  btrfsSuperblockBytes,
  btrfsSuperblockOffset,
  corruptBtrfs,
  parseBtrfsSuperblock,
  type TreeRoot,
} from "./superblock.ts";
import { BtrfsTrees, itemType, type Key, parseKey } from "./trees.ts";

/** A file, directory or link, and the tree of the subvolume that it is in. */
export interface BtrfsNode extends FileNode {
  readonly tree: TreeRoot;
  readonly number: number;
}

/** Subvolume at the top, which always exists. */
const topSubvolume = 5;
const maxNames = 200_000;
const maxLinkBytes = 4096;

const text = new TextDecoder();

/**
 * Reads the files of one Btrfs that lies on a single device, alone or with copies (`single`, `DUP`, and RAID 1 of which
 * this is one copy).
 *
 * The root is the default subvolume; others are reached by their names. Checksums of the trees must hold where they are
 * CRC-32C or SHA-256; those of content are not looked at. What `fsync` has logged is not replayed: with `clean` false the
 * last changes before a crash may be missing.
 */
export class BtrfsVolume implements FileVolume {
  readonly clean: boolean;
  readonly #trees: BtrfsTrees;

  private constructor(trees: BtrfsTrees) {
    this.#trees = trees;
    this.clean = !trees.superblock.hasLog;
  }

  /** Opens a volume; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read. */
  static async open(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal): Promise<BtrfsVolume> {
    const reader = new PagedReader(volume, budget, signal);
    const superblock = parseBtrfsSuperblock(await reader.read(btrfsSuperblockOffset, btrfsSuperblockBytes));
    return new BtrfsVolume(await BtrfsTrees.open(superblock, reader));
  }

  /** The root of the default subvolume. */
  async root(): Promise<BtrfsNode | undefined> {
    const { rootTree, rootDirectory } = this.#trees.superblock;
    const entry = await this.#entry(rootTree, rootDirectory, "default");
    return this.subvolume(entry?.object ?? topSubvolume);
  }

  /** The root of a subvolume, by its number or its path from the top; `undefined` when there is none. */
  async subvolume(name: number | string): Promise<BtrfsNode | undefined> {
    if (typeof name === "number") {
      const tree = await this.#treeOf(name);
      return tree && this.#node(tree.root, tree.directory);
    }
    let node = await this.subvolume(topSubvolume);
    for (const part of name.split("/", 100)) {
      if (part !== "" && node) node = await this.lookup(node, part);
    }
    return node?.kind === "directory" ? node : undefined;
  }

  async lookup(directory: BtrfsNode, name: string): Promise<BtrfsNode | undefined> {
    if (directory.kind !== "directory") return undefined;
    const key = await this.#entry(directory.tree, directory.number, name);
    if (key === undefined) return undefined;
    if (key.type === itemType.inode) return this.#node(directory.tree, key.object);
    return key.type === itemType.root ? this.subvolume(key.object) : undefined;
  }

  async names(directory: BtrfsNode): Promise<readonly string[]> {
    if (directory.kind !== "directory") return [];
    const names = new Set<string>();
    const items = this.#trees.items(directory.tree, { object: directory.number, type: itemType.nameByIndex });
    for await (const { bytes } of items) {
      for (const { name } of parseEntries(bytes)) {
        if (name !== "." && name !== ".." && !name.includes("/")) names.add(name);
      }
      if (names.size > maxNames) throw corruptBtrfs(`directory inode ${directory.number} has too many names`);
    }
    return [...names];
  }

  async *chunks(file: BtrfsNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    const wanted = Math.min(file.sizeBytes, maxBytes);
    const items = this.#trees.items(file.tree, {
      object: file.number,
      type: itemType.extent,
      to: Math.max(0, wanted - 1),
    });
    let at = 0;
    for await (const { key, bytes } of items) {
      if (key.offset < at || isEncoded(bytes)) {
        throw corruptBtrfs(`an extent of inode ${file.number} makes no sense`);
      }
      yield* zeroChunks(key.offset - at);
      at = key.offset;
      for await (const piece of this.#extent(bytes, wanted - at)) {
        at += piece.length;
        yield piece;
      }
    }
    yield* zeroChunks(wanted - at);
  }

  async readLink(node: BtrfsNode): Promise<string | undefined> {
    return node.kind === "link" ? text.decode(await readFileBytes(this, node, maxLinkBytes)) : undefined;
  }

  /** At most `length` bytes of an extent, from its item. */
  async *#extent(item: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
    const { sectorBytes } = this.#trees.superblock;
    const packing = u8(item, 16);
    const unpackedBytes = le64(item, 8);
    const kind = u8(item, 20);
    if (kind === 0) {
      const inline = item.subarray(21);
      const bytes = packing === 0 ? inline : await unpackExtent(packing, inline, unpackedBytes, sectorBytes);
      yield bytes.subarray(0, length);
      return;
    }
    const address = le64(item, 21);
    const storedBytes = le64(item, 29);
    const start = le64(item, 37);
    const end = start + Math.min(le64(item, 45), length);
    if (item.length < 53 || end <= start || end > unpackedBytes) {
      throw corruptBtrfs(`the extent at ${address} makes no sense`);
    }
    // A hole, or room that was never written to.
    if (address === 0 || kind === 2) yield* zeroChunks(end - start);
    else if (packing === 0) {
      for (let at = start; at < end; at += chunkBytes) {
        yield await this.#trees.read(address + at, Math.min(chunkBytes, end - at));
      }
    } else {
      if (storedBytes > maxPackedBytes) throw corruptBtrfs(`a packed extent of ${storedBytes} bytes`);
      const packed = await this.#trees.read(address, storedBytes);
      const bytes = await unpackExtent(packing, packed, unpackedBytes, sectorBytes);
      yield bytes.subarray(start, end);
    }
  }

  /** Where the tree of a subvolume begins, and its root directory. */
  async #treeOf(subvolume: number): Promise<{ root: TreeRoot; directory: number } | undefined> {
    const { rootTree } = this.#trees.superblock;
    let found: { root: TreeRoot; directory: number } | undefined;
    // A snapshot's item has the number of the transaction it was made by behind it.
    for await (const { bytes } of this.#trees.items(rootTree, { object: subvolume, type: itemType.root })) {
      if (bytes.length < 239) throw corruptBtrfs(`subvolume ${subvolume} makes no sense`);
      found = { root: { address: le64(bytes, 176), level: u8(bytes, 238) }, directory: le64(bytes, 168) };
    }
    return found;
  }

  async #node(tree: TreeRoot, number: number): Promise<BtrfsNode | undefined> {
    const bytes = await this.#trees.item(tree, { object: number, type: itemType.inode, offset: 0 });
    if (bytes === undefined || bytes.length < 160) throw corruptBtrfs(`there is no inode ${number}`);
    const mode = le32(bytes, 52);
    const type = mode & 0xf000;
    return {
      kind: type === 0x8000 ? "file" : type === 0x4000 ? "directory" : type === 0xa000 ? "link" : "other",
      sizeBytes: le64(bytes, 16),
      mode: mode & 0o7777,
      tree,
      number,
    };
  }

  /** What a directory has under a name: the key of an inode or of a subvolume. */
  async #entry(tree: TreeRoot, directory: number, name: string): Promise<Key | undefined> {
    const hash = crc32c(0xfffffffe, new TextEncoder().encode(name));
    const bytes = await this.#trees.item(tree, { object: directory, type: itemType.name, offset: hash });
    // Names of the same hash share an item.
    return bytes && parseEntries(bytes).find((entry) => entry.name === name)?.key;
  }
}

/** The entries in one item of a directory. */
function parseEntries(bytes: Uint8Array): readonly { readonly name: string; readonly key: Key }[] {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    const dataBytes = le16(bytes, at + 25);
    const nameBytes = le16(bytes, at + 27);
    const end = at + 30 + nameBytes + dataBytes;
    if (nameBytes === 0 || end > bytes.length) throw corruptBtrfs("a name leaves its directory");
    entries.push({
      name: text.decode(bytes.subarray(at + 30, at + 30 + nameBytes)),
      key: parseKey(bytes, at),
    });
    at = end;
  }
  return entries;
}
