import { be16, be32, be64, hasText, hex, u8 } from "../volumes/fields.ts";
import { corruptInode, type XfsInode } from "./inode.ts";
import { checkXfsChecksum, type XfsSuperblock } from "./superblock.ts";

/*
 * Names in directories of the second form. Small ones are in the inode; larger ones have blocks of names, and behind
 * those, from 32 GiB on, indexes to find a name quickly, which are not needed to read them all. "XFS Algorithms & Data
 * Structures", 3rd edition, "Directories".
 */

/** Where, in the bytes of a directory, its names end and its indexes begin. */
export const directoryIndexOffset = 2 ** 35;

const text = new TextDecoder();

/** Reads the names of a directory that lies in its inode. */
export function readShortDirectory(
  sb: XfsSuperblock,
  inode: XfsInode,
  add: (name: string, number: number) => void,
): void {
  const bytes = inode.fork.subarray(0, inode.sizeBytes);
  const numberBytes = u8(bytes, 1) > 0 ? 8 : 4;
  const count = u8(bytes, 0);
  let at = 2 + numberBytes;
  for (let i = 0; i < count; i++) {
    const nameBytes = u8(bytes, at);
    const numberAt = at + 3 + nameBytes + (sb.namesHaveTypes ? 1 : 0);
    if (nameBytes === 0 || numberAt + numberBytes > bytes.length) {
      throw corruptInode(inode.number, "its names leave it");
    }
    const number = numberBytes === 8 ? be64(bytes, numberAt) : be32(bytes, numberAt);
    add(text.decode(bytes.subarray(at + 3, at + 3 + nameBytes)), number);
    at = numberAt + numberBytes;
  }
}

/** Reads the names in one block of a directory, which begins at block `physical` of the volume. */
export function readDirectoryBlock(
  sb: XfsSuperblock,
  inode: XfsInode,
  bytes: Uint8Array,
  physical: number,
  add: (name: string, number: number) => void,
): void {
  const checked = sb.version === 5;
  // A directory with one block only has its index at that block's end.
  const single = hasText(bytes, 0, checked ? "XDB3" : "XD2B");
  if (!single && !hasText(bytes, 0, checked ? "XDD3" : "XD2D")) {
    throw corruptInode(inode.number, `block ${physical} holds no names`);
  }
  if (checked) {
    checkXfsChecksum(bytes, 4, `block ${physical} of directory inode ${inode.number}`);
    const own =
      be64(bytes, 8) * 512 === physical * sb.blockBytes &&
      be64(bytes, 40) === inode.number &&
      hex(bytes.subarray(24, 40)) === sb.metadataUuid;
    if (!own) throw corruptInode(inode.number, `block ${physical} belongs elsewhere`);
  }
  const end = single ? bytes.length - 8 - be32(bytes, bytes.length - 8) * 8 : bytes.length;
  // Each turn moves on by at least 8 bytes.
  for (let at = checked ? 64 : 16; at < end; ) {
    if (be16(bytes, at) === 0xffff) {
      const freeBytes = be16(bytes, at + 2);
      if (freeBytes < 8 || freeBytes % 8 !== 0) {
        throw corruptInode(inode.number, `a gap in block ${physical} has no length`);
      }
      at += freeBytes;
      continue;
    }
    const nameBytes = u8(bytes, at + 8);
    const entryBytes = Math.ceil((11 + nameBytes + (sb.namesHaveTypes ? 1 : 0)) / 8) * 8;
    if (nameBytes === 0 || at + entryBytes > end) {
      throw corruptInode(inode.number, `a name in block ${physical} leaves it`);
    }
    add(text.decode(bytes.subarray(at + 9, at + 9 + nameBytes)), be64(bytes, at));
    at += entryBytes;
  }
}
