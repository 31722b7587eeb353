import { MiB, SampanError } from "@sampan/core";
import { le16, le32, u8 } from "../volumes/fields.ts";
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

/** A directory larger than this is not searched; it would hold some hundred thousand names. */
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
  const head = await root.read(0, 64 * 1024);
  const entries: NtfsEntry[] = [];
  parseEntries(head, rootHead, entries);
  if (blocks === undefined || bitmap === undefined) return entries;
  const blockBytes = le32(head, 8);
  if (blockBytes < 512 || blockBytes > 65536 || blockBytes % 512 !== 0) {
    throw corrupt(`its blocks have ${blockBytes} bytes`);
  }
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
    const block = (await blocks.read(index * blockBytes, blockBytes)).slice();
    removeGuards(block, "INDX");
    parseEntries(block, blockHead, entries);
  }
  return entries;
}

function parseEntries(bytes: Uint8Array, head: number, entries: NtfsEntry[]): void {
  const end = head + le32(bytes, head + 4);
  if (end > bytes.length) throw corrupt("its index is longer than the place it lies in");
  for (let at = head + le32(bytes, head); at + 16 <= end; ) {
    const length = le16(bytes, at + 8);
    const isLast = (le16(bytes, at + 12) & 2) !== 0;
    if (isLast) return;
    const characters = u8(bytes, at + 80);
    if (length < entryHead || length % 8 !== 0 || at + length > end || entryHead + characters * 2 > length) {
      throw corrupt("an entry has no sound length");
    }
    const record = recordNumber(bytes, at);
    const name = wideText(bytes, at + entryHead, characters);
    // The root's entry for itself is one of the file system's own.
    if (record >= firstUserRecord && name !== "" && !/[/\0]/.test(name)) {
      entries.push({ name, record, sequence: le16(bytes, at + 6), shortName: u8(bytes, at + 81) === 2 });
    }
    at += length;
  }
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading a directory of NTFS: ${what}`);
}
