import { isSampanError, KiB, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { DirectoryCache } from "../files/directory-cache.ts";
import { chunkBytes, type FileVolume, zeroChunks } from "../files/file-volume.ts";
import { PagedReader, type ReadBudget } from "../files/paged-reader.ts";
import { be32, hasText } from "../volumes/fields.ts";
import { directoryIndexOffset, readDirectoryBlock, readShortDirectory } from "./directory.ts";
import { type XfsExtent, xfsExtents } from "./extents.ts";
import { corruptInode, parseXfsInode, type XfsInode } from "./inode.ts";
import { checkXfsLogIsDone, logWindowBytes } from "./log.ts";
import { checkXfsChecksum, parseXfsSuperblock, type XfsSuperblock } from "./superblock.ts";

/** A directory larger than this is not searched; it would hold some hundred thousand names. */
const maxDirectoryBytes = 8 * MiB;
/** The longest target a link may have. */
const maxLinkBytes = 1024;
/** What stands before each piece of a link's target with version 5. */
const linkHeadBytes = 56;

/**
 * Reads the files of one XFS volume, of version 4 or 5.
 *
 * Checksums of version 5 must hold for whatever is read but the content of files, which has none. The log is not
 * replayed: with `clean` false the last changes before a crash may be missing.
 */
export class XfsVolume implements FileVolume {
  readonly clean: boolean;
  readonly #sb: XfsSuperblock;
  readonly #reader: PagedReader;
  readonly #directories = new DirectoryCache<number>();

  private constructor(sb: XfsSuperblock, reader: PagedReader, clean: boolean) {
    this.#sb = sb;
    this.#reader = reader;
    this.clean = clean;
  }

  /** Opens a volume; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read. */
  static async open(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal): Promise<XfsVolume> {
    const reader = new PagedReader(volume, budget, signal);
    const sb = parseXfsSuperblock(await reader.read(0, 512));
    if (sb.version === 5) checkXfsChecksum(await reader.read(0, sb.sectorBytes), 224, "its superblock");
    budget.spend(logWindowBytes);
    let clean = !sb.needsRepair;
    try {
      await checkXfsLogIsDone(volume, sb, signal);
    } catch (error) {
      if (!isSampanError(error) || error.code !== "GUEST_FS_DIRTY") throw error;
      clean = false;
    }
    return new XfsVolume(sb, reader, clean);
  }

  root(): Promise<XfsInode | undefined> {
    return this.#inode(this.#sb.rootInode);
  }

  async lookup(directory: XfsInode, name: string): Promise<XfsInode | undefined> {
    const number = (await this.#directory(directory)).get(name);
    return number === undefined ? undefined : this.#inode(number);
  }

  async names(directory: XfsInode): Promise<readonly string[]> {
    return [...(await this.#directory(directory)).keys()];
  }

  async *chunks(inode: XfsInode, maxBytes: number): AsyncGenerator<Uint8Array> {
    if (inode.realtime) {
      throw new SampanError(
        "GUEST_FS_UNSUPPORTED",
        `reading inode ${inode.number} of XFS: its bytes lie on another device`,
      );
    }
    const wanted = Math.min(inode.sizeBytes, maxBytes);
    if (inode.format === "local") {
      yield inode.fork.subarray(0, wanted);
      return;
    }
    const { blockBytes } = this.#sb;
    let at = 0;
    for await (const extent of this.#extents(inode, Math.ceil(wanted / blockBytes))) {
      const start = extent.logical * blockBytes;
      const end = Math.min(start + extent.count * blockBytes, wanted);
      yield* zeroChunks(start - at);
      if (extent.physical === null) yield* zeroChunks(end - start);
      else {
        for (at = start; at < end; at += chunkBytes) {
          const place = extent.physical * blockBytes + at - start;
          yield await this.#reader.read(place, Math.min(chunkBytes, end - at));
        }
      }
      at = end;
    }
    yield* zeroChunks(wanted - at);
  }

  async readLink(inode: XfsInode): Promise<string | undefined> {
    if (inode.kind !== "link") return undefined;
    const { sizeBytes } = inode;
    if (sizeBytes > maxLinkBytes) throw corruptInode(inode.number, `a link of ${sizeBytes} bytes`);
    if (inode.format === "local") return new TextDecoder().decode(inode.fork.subarray(0, sizeBytes));
    const { blockBytes, version } = this.#sb;
    const target = new Uint8Array(sizeBytes);
    let at = 0;
    for await (const { physical, count } of this.#extents(
      inode,
      Math.ceil((2 * maxLinkBytes) / blockBytes),
    )) {
      if (physical === null || at >= sizeBytes) break;
      let piece = await this.#reader.read(physical * blockBytes, Math.min(count * blockBytes, 64 * KiB));
      if (version === 5) {
        checkXfsChecksum(piece, 12, `block ${physical} of link inode ${inode.number}`);
        if (!hasText(piece, 0, "XSLM") || be32(piece, 4) !== at) {
          throw corruptInode(inode.number, `block ${physical} holds no link`);
        }
        piece = piece.subarray(linkHeadBytes, linkHeadBytes + be32(piece, 8));
      }
      target.set(piece.subarray(0, sizeBytes - at), at);
      at += piece.length;
    }
    if (at < sizeBytes) throw corruptInode(inode.number, "its target ends early");
    return new TextDecoder().decode(target);
  }

  async #inode(number: number): Promise<XfsInode | undefined> {
    const sb = this.#sb;
    const groupBits = sb.groupBlockBits + sb.inodesPerBlockBits;
    const group = Math.floor(number / 2 ** groupBits);
    const inGroup = number % 2 ** groupBits;
    const block = Math.floor(inGroup / 2 ** sb.inodesPerBlockBits);
    if (group >= sb.groups || block >= sb.groupBlocks || group * sb.groupBlocks + block >= sb.blocks) {
      throw corruptInode(number, "it lies outside the file system");
    }
    const place =
      (group * sb.groupBlocks + block) * sb.blockBytes +
      (inGroup % 2 ** sb.inodesPerBlockBits) * sb.inodeBytes;
    return parseXfsInode(sb, number, await this.#reader.read(place, sb.inodeBytes));
  }

  /** Names in a directory with their inodes, without `.` and `..`; empty for what is no directory. */
  async #directory(inode: XfsInode): Promise<ReadonlyMap<string, number>> {
    const known = this.#directories.get(inode.number);
    if (known) return known;
    const names = new Map<string, number>();
    const add = (name: string, number: number) => {
      if (name !== "." && name !== ".." && !name.includes("/")) names.set(name, number);
    };
    if (inode.kind === "directory") {
      if (inode.format === "local") readShortDirectory(this.#sb, inode, add);
      else await this.#directoryBlocks(inode, add);
    }
    this.#directories.set(inode.number, names);
    return names;
  }

  async #directoryBlocks(inode: XfsInode, add: (name: string, number: number) => void): Promise<void> {
    const { blockBytes, directoryBlockBits } = this.#sb;
    const parts = 2 ** directoryBlockBits;
    if (inode.sizeBytes > maxDirectoryBytes) {
      throw corruptInode(inode.number, `a directory of ${inode.sizeBytes} bytes is too large`);
    }
    // Blocks of the file system that make up the block of the directory which is being put together.
    let pieces: number[] = [];
    const blocks = Math.min(inode.sizeBytes, directoryIndexOffset) / blockBytes;
    for await (const { logical, physical, count } of this.#extents(inode, blocks)) {
      if (physical === null) throw corruptInode(inode.number, "names were never written");
      for (let i = 0; i < count && logical + i < blocks; i++) {
        if ((logical + i) % parts !== pieces.length) throw corruptInode(inode.number, "its blocks have gaps");
        pieces.push(physical + i);
        if (pieces.length < parts) continue;
        readDirectoryBlock(this.#sb, inode, await this.#join(pieces), pieces[0] as number, add);
        pieces = [];
      }
    }
    if (pieces.length > 0) throw corruptInode(inode.number, "its blocks have gaps");
  }

  async #join(blocks: readonly number[]): Promise<Uint8Array> {
    const { blockBytes } = this.#sb;
    const bytes = new Uint8Array(blocks.length * blockBytes);
    for (const [index, block] of blocks.entries()) {
      bytes.set(await this.#reader.read(block * blockBytes, blockBytes), index * blockBytes);
    }
    return bytes;
  }

  #extents(inode: XfsInode, blocks: number): AsyncGenerator<XfsExtent> {
    const { blockBytes } = this.#sb;
    return xfsExtents(this.#sb, inode, blocks, (block) => this.#reader.read(block * blockBytes, blockBytes));
  }
}
