import { isSampanError, KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import type { FileNode, FileVolume } from "../files/file-volume.ts";
import { PagedReader, type ReadBudget } from "../files/paged-reader.ts";
import { le16 } from "../volumes/fields.ts";
import { type NtfsGeometry, readNtfsGeometry } from "./boot-sector.ts";
import { NtfsContent } from "./content.ts";
import { isShown, type NtfsEntry, readDirectory, searchDirectory, searchedBytes } from "./directory.ts";
import { NtfsFileTable } from "./file-table.ts";
import { checkUnmounted } from "./log-file.ts";
import { attributeType, type NtfsAttribute } from "./record.ts";
import { parseReparsePoint, type ReparsePoint } from "./reparse-point.ts";
import { NtfsSystemFiles, systemFile } from "./system-files.ts";

const keptDirectories = 64;
const chunkBytes = 256 * KiB;
/** A reparse point has at most 16 KiB. */
const maxReparseBytes = 16 * KiB;
/** One upper-case character for each of 65,536. */
const upperCaseBytes = 128 * KiB;

interface NtfsNode extends FileNode {
  readonly record: number;
  readonly attributes: readonly NtfsAttribute[];
  readonly reparsePoint: ReparsePoint | undefined;
}

/** The names of a directory as written, and folded to upper case. */
interface Names {
  readonly exact: ReadonlyMap<string, NtfsEntry>;
  readonly folded: ReadonlyMap<string, NtfsEntry>;
}

/**
 * Reads the files of one NTFS volume: resident, sparse and compressed ones, of any number of records. Names are looked up
 * without regard to case, as the volume's own `$UpCase` folds it; one that is written exactly so goes first. The file
 * system's own files are not shown.
 *
 * Made for foreign bytes, as {@link FileVolume} says. The log is not replayed.
 */
export class NtfsVolume implements FileVolume {
  readonly clean: boolean;
  readonly #geometry: NtfsGeometry;
  readonly #reader: PagedReader;
  readonly #table: NtfsFileTable;
  readonly #directories = new Map<number, Names>();
  /** Contents of files, so that one read piece by piece is put together once. */
  readonly #contents = new WeakMap<NtfsNode, NtfsContent>();
  #upperCase: Promise<Uint8Array> | undefined;

  private constructor(geometry: NtfsGeometry, reader: PagedReader, table: NtfsFileTable, clean: boolean) {
    this.#geometry = geometry;
    this.#reader = reader;
    this.#table = table;
    this.clean = clean;
  }

  /** Opens a volume; `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` when it cannot be read. */
  static async open(volume: BlockSource, budget: ReadBudget, signal?: AbortSignal): Promise<NtfsVolume> {
    const reader = new PagedReader(volume, budget, signal);
    const geometry = readNtfsGeometry(await reader.read(0, 512), volume.sizeBytes);
    const table = await NtfsFileTable.open(geometry, reader);
    const clean = await isUnmounted(new NtfsSystemFiles(volume, geometry, signal));
    return new NtfsVolume(geometry, reader, table, clean);
  }

  root(): Promise<NtfsNode | undefined> {
    return this.#node(systemFile.root);
  }

  async lookup(directory: NtfsNode, name: string): Promise<NtfsNode | undefined> {
    const found = await this.#find(directory, name);
    return found && this.#node(found.record, found.sequence);
  }

  async names(directory: NtfsNode): Promise<readonly string[]> {
    const { exact } = await this.#names(directory);
    return [...exact.values()].filter((entry) => !entry.shortName).map((entry) => entry.name);
  }

  async *chunks(file: NtfsNode, maxBytes: number): AsyncGenerator<Uint8Array> {
    const content = this.#data(file);
    const wanted = Math.min(content?.sizeBytes ?? 0, maxBytes);
    for (let at = 0; at < wanted; at += chunkBytes) {
      yield await (content as NtfsContent).read(at, Math.min(chunkBytes, wanted - at));
    }
  }

  async readAt(file: NtfsNode, offset: number, length: number): Promise<Uint8Array> {
    return (await this.#data(file)?.read(offset, length)) ?? new Uint8Array(0);
  }

  async readLink(node: NtfsNode): Promise<string | undefined> {
    return node.reparsePoint?.kind === "link" ? node.reparsePoint.target : undefined;
  }

  /** The file a record describes; `undefined` when it is not in use, or is in use by another than the one meant. */
  async #node(number: number, sequence?: number): Promise<NtfsNode | undefined> {
    const file = await this.#table.file(number);
    if (file === undefined || (sequence !== undefined && file.sequence !== sequence)) return undefined;
    const { directory, attributes } = file;
    const reparse = this.#content(attributes, attributeType.reparsePoint, "");
    const reparsePoint = reparse && parseReparsePoint(await reparse.read(0, maxReparseBytes));
    const kind = reparsePoint?.kind === "link" ? "link" : directory ? "directory" : "file";
    const first = attributes.find(
      ({ type, name, firstVcn }) => type === attributeType.data && name === "" && firstVcn === 0,
    );
    return {
      kind,
      sizeBytes: kind === "file" ? (first?.sizeBytes ?? 0) : 0,
      mode: directory ? 0o755 : 0o644,
      record: number,
      attributes,
      reparsePoint,
    };
  }

  /** The entry of a name: along the tree of a large directory, else among all its names. */
  async #find(directory: NtfsNode, name: string): Promise<NtfsEntry | undefined> {
    const table = await this.#upperCaseTable();
    const root = this.#index(directory, attributeType.indexRoot);
    const blocks = this.#index(directory, attributeType.indexAllocation);
    if (root === undefined || blocks === undefined || blocks.sizeBytes <= searchedBytes) {
      const { exact, folded } = await this.#names(directory);
      return exact.get(name) ?? folded.get(fold(name, table));
    }
    const { clusterBytes } = this.#geometry;
    const found = await searchDirectory(root, blocks, clusterBytes, fold(name, table), (own) =>
      fold(own, table),
    );
    return found && isShown(found) ? found : undefined;
  }

  #data(file: NtfsNode): NtfsContent | undefined {
    if (file.reparsePoint?.kind === "elsewhere") {
      throw new SampanError("GUEST_FS_UNSUPPORTED", `reading a file of NTFS: ${file.reparsePoint.what}`);
    }
    if (file.kind !== "file") return undefined;
    const content = this.#contents.get(file) ?? this.#content(file.attributes, attributeType.data, "");
    if (content) this.#contents.set(file, content);
    return content;
  }

  #content(attributes: readonly NtfsAttribute[], type: number, name: string): NtfsContent | undefined {
    const pieces = attributes.filter((one) => one.type === type && one.name === name);
    return pieces.length === 0 ? undefined : new NtfsContent(pieces, this.#geometry, this.#reader);
  }

  async #names(directory: NtfsNode): Promise<Names> {
    const known = this.#directories.get(directory.record);
    if (known) return known;
    const exact = new Map<string, NtfsEntry>();
    const folded = new Map<string, NtfsEntry>();
    if (directory.kind === "directory") {
      const table = await this.#upperCaseTable();
      for (const entry of await this.#entries(directory)) {
        exact.set(entry.name, entry);
        const key = fold(entry.name, table);
        if (!folded.has(key)) folded.set(key, entry);
      }
    }
    const names = { exact, folded };
    if (this.#directories.size >= keptDirectories) this.#directories.clear();
    this.#directories.set(directory.record, names);
    return names;
  }

  async #entries(directory: NtfsNode): Promise<readonly NtfsEntry[]> {
    const root = this.#index(directory, attributeType.indexRoot);
    if (root === undefined) {
      throw new SampanError("GUEST_FS_CORRUPT", "reading a directory of NTFS: it has no index");
    }
    const blocks = this.#index(directory, attributeType.indexAllocation);
    return readDirectory(root, blocks, this.#index(directory, attributeType.bitmap));
  }

  /** A part of a directory's index. */
  #index(directory: NtfsNode, type: number): NtfsContent | undefined {
    return this.#content(directory.attributes, type, "$I30");
  }

  #upperCaseTable(): Promise<Uint8Array> {
    this.#upperCase ??= this.#readUpperCase();
    return this.#upperCase;
  }

  /** The volume's own table; empty when it cannot be read, so that characters are folded as JavaScript does. */
  async #readUpperCase(): Promise<Uint8Array> {
    try {
      const file = await this.#table.file(systemFile.upperCase);
      const content = file && this.#content(file.attributes, attributeType.data, "");
      if (content?.sizeBytes === upperCaseBytes) return (await content.read(0, upperCaseBytes)).slice();
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    }
    return new Uint8Array(0);
  }
}

/** A name in upper case, character by character. */
function fold(name: string, table: Uint8Array): string {
  if (table.length === 0) return name.toUpperCase();
  const codes = Array.from({ length: name.length }, (_, i) => le16(table, name.charCodeAt(i) * 2));
  return String.fromCharCode(...codes);
}

async function isUnmounted(files: NtfsSystemFiles): Promise<boolean> {
  try {
    await checkUnmounted(files);
    return true;
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    return false;
  }
}
