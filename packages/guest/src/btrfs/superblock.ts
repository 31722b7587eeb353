import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import { crc32c } from "../ext/checksum.ts";
import { hasText, hex, le16, le32, le64, u8 } from "../volumes/fields.ts";

/** The superblock of Btrfs, as far as Sampan needs it. */
export interface BtrfsSuperblock {
  readonly sectorBytes: number;
  readonly nodeBytes: number;
  readonly checksum: Checksum;
  /** In hexadecimal: what every node of a tree repeats. */
  readonly nodeUuid: string;
  /** Number of this device among those of the file system. */
  readonly device: number;
  /** Where the trees of trees and of chunks begin, as logical addresses. */
  readonly rootTree: TreeRoot;
  readonly chunkTree: TreeRoot;
  /** Something written by `fsync` has not found its way into the trees yet. */
  readonly hasLog: boolean;
  /** The directory of the tree of trees that names the default subvolume. */
  readonly rootDirectory: number;
  /** Chunks that hold the tree of chunks itself, as its items would. */
  readonly systemChunks: Uint8Array;
}

/** Where a tree begins. */
export interface TreeRoot {
  /** As a logical address. */
  readonly address: number;
  /** Its root's distance from the leaves. */
  readonly level: number;
}

/** Says whether a structure's checksum, in its first 32 bytes, holds. `null` for kinds that Node cannot compute. */
type Checksum = ((bytes: Uint8Array) => boolean) | null;

export const btrfsSuperblockOffset = 64 * 1024;
export const btrfsSuperblockBytes = 4096;

/**
 * Features that change what a reader must do, or nothing for it: back references, default subvolume, mixed groups, LZO and
 * zstd, big metadata, extended references, RAID 5 and 6, skinny metadata, no holes, metadata UUID, RAID 1 in 3 and 4 copies, simple quotas.
 */
const knownIncompat = 0x10fff;
const metadataUuidFlag = 0x400;

const crc32cHolds = (bytes: Uint8Array) => ~crc32c(0xffffffff, bytes.subarray(32)) >>> 0 === le32(bytes, 0);
const sha256Holds = (bytes: Uint8Array) =>
  hex(bytes.subarray(0, 32)) === createHash("sha256").update(bytes.subarray(32)).digest("hex");

/** By their numbers: CRC-32C, xxHash, SHA-256, BLAKE2b with 256 bits. */
const checksums: readonly Checksum[] = [crc32cHolds, null, sha256Holds, null];

/** Reads a superblock; "On-disk Format" in Btrfs' documentation, and the kernel's btrfs_tree.h. */
export function parseBtrfsSuperblock(bytes: Uint8Array): BtrfsSuperblock {
  if (!hasText(bytes, 0x40, "_BHRfS_M")) throw corruptBtrfs("it has no superblock");
  const checksum = checksums[le16(bytes, 0xc4)];
  const incompat = le64(bytes, 0xbc);
  if (checksum === undefined || incompat > 0xffffffff || (incompat & ~knownIncompat) !== 0) {
    throw new SampanError("GUEST_FS_UNSUPPORTED", "reading Btrfs: it uses features that are not known", {
      details: { incompat },
    });
  }
  if (checksum?.(bytes) === false) throw corruptBtrfs("its superblock has a wrong checksum");
  const sectorBytes = le32(bytes, 0x90);
  const nodeBytes = le32(bytes, 0x94);
  const systemBytes = le32(bytes, 0xa0);
  const isPower = (value: number) => value >= 4096 && value <= 65536 && (value & (value - 1)) === 0;
  if (!isPower(sectorBytes) || !isPower(nodeBytes) || nodeBytes < sectorBytes || systemBytes > 2048) {
    throw corruptBtrfs("its superblock contradicts itself");
  }
  const uuidAt = (incompat & metadataUuidFlag) !== 0 ? 0x23b : 0x20;
  return {
    sectorBytes,
    nodeBytes,
    checksum,
    nodeUuid: hex(bytes.subarray(uuidAt, uuidAt + 16)),
    device: le64(bytes, 0xc9),
    rootTree: { address: le64(bytes, 0x50), level: u8(bytes, 0xc6) },
    chunkTree: { address: le64(bytes, 0x58), level: u8(bytes, 0xc7) },
    hasLog: le64(bytes, 0x60) !== 0,
    rootDirectory: le64(bytes, 0x80),
    systemChunks: bytes.slice(0x32b, 0x32b + systemBytes),
  };
}

export function corruptBtrfs(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading Btrfs: ${what}`);
}
