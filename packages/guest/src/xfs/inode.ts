import { SampanError } from "@sampan/core";
import type { FileNode } from "../files/file-volume.ts";
import { be16, be32, be64, hex, u8 } from "../volumes/fields.ts";
import { checkXfsChecksum, type XfsSuperblock } from "./superblock.ts";

/** What an inode says; sizes in bytes. */
export interface XfsInode extends FileNode {
  readonly number: number;
  /** How the fork holds its data: in itself, as a list of extents, or as the root of a tree of them. */
  readonly format: "local" | "extents" | "btree" | "other";
  readonly fork: Uint8Array;
  /** How many extents a list in the fork has. */
  readonly extents: number;
  /** Its bytes lie on another device. */
  readonly realtime: boolean;
}

const formats = ["other", "local", "extents", "btree"] as const;

/** A bit of `di_flags`. */
const realtimeFlag = 1;
/** A bit of `di_flags2`: counts of extents have 64 bits. */
const largeCountersFlag = 0x10;

/**
 * Reads an inode from its bytes; `undefined` for one that is not in use.
 *
 * Versions 1 and 2 have no checksum, version 3 (file systems of version 5) has one, which must hold. "XFS Algorithms &
 * Data Structures", 3rd edition, "On-disk Inode".
 */
export function parseXfsInode(sb: XfsSuperblock, number: number, bytes: Uint8Array): XfsInode | undefined {
  const version = u8(bytes, 4);
  if (be16(bytes, 0) !== 0x494e || (sb.version === 5 ? version !== 3 : version !== 1 && version !== 2)) {
    throw corruptInode(number, "it is none");
  }
  if (sb.version === 5) {
    checkXfsChecksum(bytes, 100, `inode ${number}`);
    if (be64(bytes, 152) !== number || hex(bytes.subarray(160, 176)) !== sb.metadataUuid) {
      throw corruptInode(number, "it belongs elsewhere");
    }
  }
  const mode = be16(bytes, 2);
  if (mode === 0) return undefined;
  const start = version === 3 ? 176 : 100;
  const attributesAt = u8(bytes, 82) * 8;
  if (start + attributesAt > bytes.length) throw corruptInode(number, "its attributes lie outside");
  const largeCounters = version === 3 && (be32(bytes, 124) & largeCountersFlag) !== 0;
  const type = mode & 0xf000;
  return {
    number,
    kind: type === 0x8000 ? "file" : type === 0x4000 ? "directory" : type === 0xa000 ? "link" : "other",
    mode: mode & 0o7777,
    sizeBytes: be64(bytes, 56),
    format: formats[u8(bytes, 5)] ?? "other",
    fork: bytes.slice(start, attributesAt === 0 ? bytes.length : start + attributesAt),
    extents: largeCounters ? be64(bytes, 24) : be32(bytes, 76),
    realtime: type === 0x8000 && (be16(bytes, 90) & realtimeFlag) !== 0,
  };
}

export function corruptInode(number: number, what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading inode ${number} of XFS: ${what}`, {
    details: { inode: number },
  });
}
