import { MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { DirectoryCache } from "../files/directory-cache.ts";
import { chunkBytes, type FileVolume, readFileBytes } from "../files/file-volume.ts";
import { PagedReader, type ReadBudget } from "../files/paged-reader.ts";
import { le16, le32, u8 } from "../volumes/fields.ts";
import { mapBlocks } from "./block-map.ts";
import { type GroupDescriptor, readGroupDescriptors } from "./group-descriptors.ts";
import { type ExtInode, parseInode } from "./inode.ts";
import {
  type ExtSuperblock,
  incompat,
  parseSuperblock,
  superblockBytes,
  superblockOffset,
} from "./superblock.ts";

/** Number of the root directory's inode. */
export const rootInode = 2;

/** A directory larger than this is not searched; it would hold some hundred thousand names. */
const maxDirectoryBytes = 8 * MiB;

/**
 * Reads the files of one ext2, ext3 or ext4 volume.
 *
 * Made for foreign bytes: every loop is bounded by a constant or by the shared {@link ReadBudget}, nothing is allocated
 * by a field of the disk, and what contradicts itself ends in `GUEST_FS_CORRUPT`. A journal that needs replay is not
 * replayed: the last changes before a crash may be missing.
 */
export class ExtVolume implements FileVolume {
  readonly superblock: ExtSuperblock;
  readonly #reader: PagedReader;
  readonly #groups: readonly GroupDescriptor[];
  readonly #directories = new DirectoryCache<number>();

  private constructor(superblock: ExtSuperblock, reader: PagedReader, groups: readonly GroupDescriptor[]) {
    this.superblock = superblock;
    this.#reader = reader;
    this.#groups = groups;
  }

  /** Opens a volume; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read. */
  static async open(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal): Promise<ExtVolume> {
    const reader = new PagedReader(volume, budget, signal);
    const sb = parseSuperblock(await reader.read(superblockOffset, superblockBytes));
    if (typeof sb === "string")
      throw new SampanError("GUEST_FS_CORRUPT", `reading ext: the superblock ${sb}`);
    if (sb.unsupported !== null)
      throw new SampanError("GUEST_FS_UNSUPPORTED", `reading ext: it ${sb.unsupported}`);
    const groups = await readGroupDescriptors(sb, (block, count) =>
      reader.read(block * sb.blockBytes, count * sb.blockBytes),
    );
    return new ExtVolume(sb, reader, groups);
  }

  get clean(): boolean {
    return this.superblock.clean;
  }

  root(): Promise<ExtInode | undefined> {
    return this.inode(rootInode);
  }

  async lookup(directory: ExtInode, name: string): Promise<ExtInode | undefined> {
    const number = (await this.directory(directory)).get(name);
    return number === undefined ? undefined : this.inode(number);
  }

  async names(directory: ExtInode): Promise<readonly string[]> {
    return [...(await this.directory(directory)).keys()];
  }

  /** An inode in use; `undefined` for one that is not, or that does not exist. */
  async inode(number: number): Promise<ExtInode | undefined> {
    const sb = this.superblock;
    if (number < 1 || number > sb.inodes) return undefined;
    const descriptor = this.#groups[Math.floor((number - 1) / sb.inodesPerGroup)];
    if (descriptor === undefined || descriptor.inodesUninitialised) return undefined;
    const offset = descriptor.inodeTable * sb.blockBytes + ((number - 1) % sb.inodesPerGroup) * sb.inodeBytes;
    return parseInode(number, await this.#reader.read(offset, sb.inodeBytes));
  }

  /** Names in a directory with their inodes, without `.` and `..`; empty for what is no directory or is encrypted. */
  async directory(inode: ExtInode): Promise<ReadonlyMap<string, number>> {
    const known = this.#directories.get(inode.number);
    if (known) return known;
    const names = new Map<string, number>();
    if (inode.kind === "directory" && !inode.encrypted) {
      if (inode.sizeBytes > maxDirectoryBytes) {
        throw new SampanError(
          "GUEST_FS_CORRUPT",
          `reading directory inode ${inode.number} of ext: it is too large`,
          {
            details: { sizeBytes: inode.sizeBytes },
          },
        );
      }
      if (inode.inline) {
        this.#parseEntries(inode.root.subarray(4), names);
        this.#parseEntries(inode.inlineRest, names);
      } else {
        const { blockBytes } = this.superblock;
        for await (const chunk of this.chunks(inode, maxDirectoryBytes)) {
          for (let at = 0; at < chunk.length; at += blockBytes) {
            this.#parseEntries(chunk.subarray(at, at + blockBytes), names);
          }
        }
      }
    }
    this.#directories.set(inode.number, names);
    return names;
  }

  #parseEntries(block: Uint8Array, names: Map<string, number>): void {
    const typed = (this.superblock.incompat & incompat.fileType) !== 0;
    for (let at = 0; at + 8 <= block.length; ) {
      const number = le32(block, at);
      const given = le16(block, at + 4);
      // In blocks of 64 KiB a length of 65,536 does not fit its field and is written as 0 or 65,535.
      const length = block.length === 65536 && (given === 0 || given === 65535) ? 65536 : given;
      const nameBytes = typed ? u8(block, at + 6) : le16(block, at + 6);
      // What follows a broken entry cannot be found; what came before it is kept.
      if (length < 8 || length % 4 !== 0 || at + length > block.length || 8 + nameBytes > length) return;
      if (number !== 0 && nameBytes > 0) {
        const name = new TextDecoder().decode(block.subarray(at + 8, at + 8 + nameBytes));
        if (name !== "." && name !== ".." && !name.includes("/") && !names.has(name)) names.set(name, number);
      }
      at += length;
    }
  }

  /** The bytes of a file in order, in pieces of at most 256 KiB, up to `maxBytes`; pieces must not be changed. */
  async *chunks(inode: ExtInode, maxBytes: number): AsyncGenerator<Uint8Array> {
    const wanted = Math.min(inode.sizeBytes, maxBytes);
    if (inode.encrypted) {
      throw new SampanError("GUEST_FS_UNSUPPORTED", `reading inode ${inode.number} of ext: it is encrypted`);
    }
    if (inode.inline) {
      const bytes = new Uint8Array(inode.root.length + inode.inlineRest.length);
      bytes.set(inode.root);
      bytes.set(inode.inlineRest, inode.root.length);
      yield bytes.subarray(0, wanted);
      return;
    }
    const { blockBytes } = this.superblock;
    const runs = await mapBlocks(this.superblock, inode, Math.ceil(wanted / blockBytes), (block) =>
      this.#reader.read(block * blockBytes, blockBytes),
    );
    for (const run of runs) {
      const end = Math.min((run.logical + run.count) * blockBytes, wanted);
      for (let at = run.logical * blockBytes; at < end; at += chunkBytes) {
        const length = Math.min(chunkBytes, end - at);
        if (run.physical === null) yield new Uint8Array(length);
        else yield await this.#reader.read(run.physical * blockBytes + at - run.logical * blockBytes, length);
      }
    }
  }

  /** Where a link points; `undefined` for what is no link. */
  async readLink(inode: ExtInode): Promise<string | undefined> {
    if (inode.kind !== "link" || inode.encrypted) return undefined;
    const bytes =
      inode.sizeBytes < 60 && !inode.inline
        ? inode.root.subarray(0, inode.sizeBytes)
        : await readFileBytes(this, inode, 4096);
    return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
  }
}
