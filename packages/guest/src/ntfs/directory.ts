import { KiB, MiB, SampanError } from "@sampan/core";
import { le16, le32, le64, u8 } from "../volumes/fields.ts";
import type { NtfsContent } from "./content.ts";
import { recordNumber, removeGuards, wideText } from "./record.ts";

/** A name in a directory and the record it names. */
export interface NtfsEntry {
  readonly name: string;
  readonly record: number;
  readonly sequence: number;
  /** True for the name of eight and three characters that a file has beside its own. */
  readonly shortName: boolean;
}

/** A root lies in its record. */
const maxRootBytes = 64 * KiB;
/** A directory larger than this is not listed; it would hold some hundred thousand names. */
const maxIndexBytes = 16 * MiB;
/** The index proper begins behind the head of its root, and of each of its blocks. */
const rootHead = 16;
const blockHead = 24;
/** Space in a directory entry up to the characters of its name. */
const entryHead = 16 + 66;
/** Records below this one are the file system's own files. */
const firstUserRecord = 16;

/**
 * Reads every name of a directory, in no order: from the root of its index and from every block its bitmap calls used.
 *
 * The tree is not walked, so a loop in it does no harm. Throws `GUEST_FS_CORRUPT` when a block is no block.
 */
export async function readDirectory(
  root: NtfsContent,
  blocks: NtfsContent | undefined,
  bitmap: NtfsContent | undefined,
): Promise<readonly NtfsEntry[]> {
  const head = await root.read(0, maxRootBytes);
  const entries: NtfsEntry[] = [];
  const add = (bytes: Uint8Array, start: number) => {
    for (const { entry } of entriesOf(bytes, start)) if (entry && isShown(entry)) entries.push(entry);
  };
  add(head, rootHead);
  if (blocks === undefined || bitmap === undefined) return entries;
  const blockBytes = checkedBlockBytes(head);
  if (blocks.sizeBytes > maxIndexBytes) {
    throw new SampanError(
      "GUEST_FS_UNSUPPORTED",
      `reading a directory of NTFS: its index has ${blocks.sizeBytes} bytes`,
    );
  }
  const count = Math.floor(blocks.sizeBytes / blockBytes);
  const used = await bitmap.read(0, Math.ceil(count / 8));
  for (let index = 0; index < count; index++) {
    if (((u8(used, index >>> 3) >>> (index & 7)) & 1) === 0) continue;
    add(await readBlock(blocks, index * blockBytes, blockBytes), blockHead);
  }
  return entries;
}

/** An index larger than this is searched along its tree instead of being read whole. */
export const searchedBytes = 128 * KiB;
/** A tree of ten levels would hold more names than a volume has room for. */
const maxDepth = 16;

/**
 * Finds a name in a large directory along the tree of its index, which is sorted by the folded names; `wanted` is folded.
 *
 * Reads one block a level, and no more levels than any tree has. Throws `GUEST_FS_CORRUPT` when a block is no block.
 */
export async function searchDirectory(
  root: NtfsContent,
  blocks: NtfsContent,
  clusterBytes: number,
  wanted: string,
  fold: (name: string) => string,
): Promise<NtfsEntry | undefined> {
  const head = await root.read(0, maxRootBytes);
  const blockBytes = checkedBlockBytes(head);
  // Blocks are counted in clusters, or in sectors of 512 bytes where they are smaller than a cluster.
  const unitBytes = blockBytes < clusterBytes ? 512 : clusterBytes;
  let [node, start] = [head, rootHead];
  for (let depth = 0; depth < maxDepth; depth++) {
    const step = stepDown(node, start, wanted, fold);
    if (typeof step !== "number") return step;
    node = await readBlock(blocks, step * unitBytes, blockBytes);
    start = blockHead;
  }
  throw corrupt("the tree of its index has no end");
}

/** What one node says of a name: its entry, the block to go on in, or that it is absent. */
function stepDown(
  node: Uint8Array,
  start: number,
  wanted: string,
  fold: (name: string) => string,
): NtfsEntry | number | undefined {
  for (const { entry, child } of entriesOf(node, start)) {
    const own = entry === undefined ? undefined : fold(entry.name);
    if (own === wanted) return entry;
    if (own === undefined || wanted < own) return child;
  }
  return undefined;
}

async function readBlock(blocks: NtfsContent, offset: number, blockBytes: number): Promise<Uint8Array> {
  const block = (await blocks.read(offset, blockBytes)).slice();
  if (block.length < blockBytes) throw corrupt("its index goes on behind its end");
  removeGuards(block, "INDX");
  return block;
}

function checkedBlockBytes(root: Uint8Array): number {
  const blockBytes = le32(root, 8);
  if (blockBytes < 512 || blockBytes > 65536 || blockBytes % 512 !== 0) {
    throw corrupt(`its blocks have ${blockBytes} bytes`);
  }
  return blockBytes;
}

/** Entries of a node in order; the last has no name. `child` is the block with the names before it. */
function* entriesOf(
  bytes: Uint8Array,
  head: number,
): Generator<{ readonly entry: NtfsEntry | undefined; readonly child: number | undefined }> {
  const end = head + le32(bytes, head + 4);
  if (end > bytes.length) throw corrupt("its index is longer than the place it lies in");
  for (let at = head + le32(bytes, head); at + 16 <= end; ) {
    const length = le16(bytes, at + 8);
    const flags = le16(bytes, at + 12);
    const isLast = (flags & 2) !== 0;
    const characters = isLast ? 0 : u8(bytes, at + 80);
    const least = isLast ? 16 : entryHead + characters * 2;
    if (length < least || length % 8 !== 0 || at + length > end)
      throw corrupt("an entry has no sound length");
    const child = (flags & 1) === 0 ? undefined : le64(bytes, at + length - 8);
    if (isLast) {
      yield { entry: undefined, child };
      return;
    }
    const name = wideText(bytes, at + entryHead, characters);
    const [record, sequence] = [recordNumber(bytes, at), le16(bytes, at + 6)];
    yield { entry: { name, record, sequence, shortName: u8(bytes, at + 81) === 2 }, child };
    at += length;
  }
}

/** Whether an entry is one to show: the root's entry for itself is one of the file system's own files. */
export function isShown({ name, record }: NtfsEntry): boolean {
  return record >= firstUserRecord && name !== "" && !/[/\0]/.test(name);
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading a directory of NTFS: ${what}`);
}
