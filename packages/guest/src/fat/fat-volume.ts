import { KiB, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import type { FileNode, FileVolume } from "../files/file-volume.ts";
import { PagedReader, type ReadBudget } from "../files/paged-reader.ts";
import { le16, le32 } from "../volumes/fields.ts";
import { type FatEntry, parseDirectory } from "./directory.ts";
import { type FatGeometry, readFatGeometry } from "./geometry.ts";

/** As large as a directory of FAT can be: 65,536 entries. */
const maxDirectoryBytes = 2 * MiB;
const keptDirectories = 64;
const chunkBytes = 256 * KiB;

/** A file or directory, by the first cluster of its chain; the root of FAT12 and FAT16 has none. */
interface FatNode extends FileNode {
  readonly cluster: number | null;
}

/**
 * Reads the files of one FAT12, FAT16 or FAT32 volume, such as an EFI system partition. Names are looked up without regard
 * to case. Bytes beyond ASCII in short names are taken as Latin-1.
 */
export class FatVolume implements FileVolume {
  readonly clean: boolean;
  readonly #geometry: FatGeometry;
  readonly #reader: PagedReader;
  readonly #directories = new Map<number | null, readonly FatEntry[]>();

  private constructor(geometry: FatGeometry, reader: PagedReader, clean: boolean) {
    this.#geometry = geometry;
    this.#reader = reader;
    this.clean = clean;
  }

  /** Opens a volume; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read. */
  static async open(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal): Promise<FatVolume> {
    const reader = new PagedReader(volume, budget, signal);
    const geometry = readFatGeometry(await reader.read(0, 512), volume.sizeBytes);
    const second = await entryOf(geometry, reader, 1);
    // The two highest bits of the second entry: unmounted, and no error seen. FAT12 has no room for them.
    const both = ((geometry.mask + 1) / 4) * 3;
    const clean = !geometry.markedDirty && (geometry.bits === 12 || (second & both) === both);
    return new FatVolume(geometry, reader, clean);
  }

  async root(): Promise<FatNode> {
    return { kind: "directory", sizeBytes: 0, mode: 0o755, cluster: this.#geometry.rootCluster };
  }

  async lookup(directory: FatNode, name: string): Promise<FatNode | undefined> {
    const wanted = name.toUpperCase();
    const entries = await this.#entries(directory);
    const found = entries.find((one) =>
      [one.name, one.shortName].some((own) => own.toUpperCase() === wanted),
    );
    if (found === undefined) return undefined;
    return found.directory
      ? { kind: "directory", sizeBytes: 0, mode: 0o755, cluster: found.cluster }
      : { kind: "file", sizeBytes: found.sizeBytes, mode: 0o644, cluster: found.cluster };
  }

  async names(directory: FatNode): Promise<readonly string[]> {
    return (await this.#entries(directory)).map((entry) => entry.name);
  }

  async *chunks(file: FatNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    let left = Math.min(file.sizeBytes, maxBytes);
    for await (const run of this.#runs(file.cluster ?? 0, Math.ceil(left / this.#geometry.clusterBytes))) {
      for (let at = 0; at < run.length && left > 0; at += chunkBytes) {
        const length = Math.min(chunkBytes, run.length - at, left);
        yield await this.#reader.read(run.offset + at, length);
        left -= length;
      }
    }
    if (left > 0) throw corrupt("a file is longer than its chain of clusters");
  }

  async readLink(): Promise<undefined> {
    return undefined;
  }

  async #entries(directory: FatNode): Promise<readonly FatEntry[]> {
    if (directory.kind !== "directory") return [];
    const known = this.#directories.get(directory.cluster);
    if (known) return known;
    const { bits, clusterBytes, dataOffset, rootBytes } = this.#geometry;
    const parts: Uint8Array[] = [];
    if (directory.cluster === null) parts.push(await this.#reader.read(dataOffset - rootBytes, rootBytes));
    else {
      const maxClusters = Math.ceil(maxDirectoryBytes / clusterBytes);
      for await (const { offset, length } of this.#runs(directory.cluster, maxClusters)) {
        parts.push(await this.#reader.read(offset, length));
      }
    }
    const entries = parseDirectory(Buffer.concat(parts), bits === 32);
    if (this.#directories.size >= keptDirectories) this.#directories.clear();
    this.#directories.set(directory.cluster, entries);
    return entries;
  }

  /** The first `maxClusters` of a chain as runs of bytes of the volume, each of at most 256 KiB or one cluster. */
  async *#runs(first: number, maxClusters: number): AsyncGenerator<{ offset: number; length: number }> {
    const { clusters, clusterBytes, dataOffset, mask } = this.#geometry;
    let cluster = first;
    let start = first;
    let count = 0;
    for (let taken = 0; taken < maxClusters && cluster < mask - 8; taken++) {
      if (cluster < 2 || cluster > clusters + 1) {
        // A file without content has no chain.
        if (taken === 0 && cluster === 0) return;
        throw corrupt(`a chain leads to cluster ${cluster}, which does not exist`);
      }
      if (count > 0 && (cluster !== start + count || (count + 1) * clusterBytes > chunkBytes)) {
        yield { offset: dataOffset + (start - 2) * clusterBytes, length: count * clusterBytes };
        start = cluster;
        count = 0;
      }
      count++;
      cluster = await entryOf(this.#geometry, this.#reader, cluster);
    }
    if (count > 0) yield { offset: dataOffset + (start - 2) * clusterBytes, length: count * clusterBytes };
  }
}

/** What the FAT says of a cluster. */
async function entryOf(fat: FatGeometry, reader: PagedReader, cluster: number): Promise<number> {
  const at = fat.fatOffset + Math.floor((cluster * fat.bits) / 8);
  const bytes = await reader.read(at, 4);
  if (fat.bits === 32) return le32(bytes, 0) & fat.mask;
  return fat.bits === 16 ? le16(bytes, 0) : (le16(bytes, 0) >>> ((cluster & 1) * 4)) & fat.mask;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading FAT: ${what}`);
}
