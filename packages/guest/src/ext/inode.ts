import type { FileNode } from "../files/file-volume.ts";
import { le16, le32, u8 } from "../volumes/fields.ts";

/** What an inode says; sizes in bytes. */
export interface ExtInode extends FileNode {
  readonly number: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly usesExtents: boolean;
  readonly inline: boolean;
  readonly encrypted: boolean;
  /** The 60 bytes of block pointers, of an extent tree's root, of a short link or of inline data. */
  readonly root: Uint8Array;
  /** Inline data beyond the first 60 bytes; empty when there is none. */
  readonly inlineRest: Uint8Array;
}

const flags = { encrypt: 0x800, extents: 0x80000, inlineData: 0x10000000 } as const;

/** Reads an inode from its bytes; `undefined` for one that is not in use. */
export function parseInode(number: number, bytes: Uint8Array): ExtInode | undefined {
  const mode = le16(bytes, 0);
  const links = le16(bytes, 26);
  if (mode === 0 || links === 0) return undefined;
  const format = mode & 0xf000;
  const kind =
    format === 0x8000 ? "file" : format === 0x4000 ? "directory" : format === 0xa000 ? "link" : "other";
  const bits = le32(bytes, 32);
  const inline = (bits & flags.inlineData) !== 0;
  return {
    number,
    kind,
    mode: mode & 0o7777,
    uid: le16(bytes, 2) + le16(bytes, 120) * 0x10000,
    gid: le16(bytes, 24) + le16(bytes, 122) * 0x10000,
    sizeBytes:
      le32(bytes, 4) + (kind === "file" || kind === "directory" ? le32(bytes, 108) * 0x1_0000_0000 : 0),
    links,
    usesExtents: (bits & flags.extents) !== 0,
    inline,
    encrypted: (bits & flags.encrypt) !== 0,
    root: bytes.slice(40, 100),
    inlineRest: inline ? inlineAttribute(bytes) : new Uint8Array(0),
  };
}

/** Value of the attribute `system.data`, in which inline data goes on. */
function inlineAttribute(bytes: Uint8Array): Uint8Array {
  const none = new Uint8Array(0);
  if (bytes.length <= 128) return none;
  const start = 128 + le16(bytes, 128);
  if (start + 4 > bytes.length || le32(bytes, start) !== 0xea020000) return none;
  const entries = start + 4;
  // Each turn moves on by at least 16 bytes, so the inode's own size bounds it.
  for (let at = entries; at + 16 <= bytes.length; ) {
    const nameBytes = u8(bytes, at);
    if (nameBytes === 0 && le32(bytes, at) === 0) return none;
    const name = new TextDecoder().decode(bytes.subarray(at + 16, at + 16 + nameBytes));
    if (u8(bytes, at + 1) === 7 && name === "data") {
      const from = entries + le16(bytes, at + 2);
      return bytes.slice(from, Math.min(from + le32(bytes, at + 8), bytes.length));
    }
    at += (16 + nameBytes + 3) & ~3;
  }
  return none;
}
