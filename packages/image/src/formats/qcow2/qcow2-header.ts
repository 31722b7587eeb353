import { type ByteRange, MiB, SampanError, safeInteger } from "@sampan/core";
import { viewOf } from "../../io/buffers.ts";
import type { Snapshot } from "./snapshots.ts";

/* Header of QCOW2 versions 2 and 3, big-endian: QEMU, docs/interop/qcow2.txt, section "Header". */

export const qcowMagic = "QFI\xfb";
/** Bytes of the header that are looked at: version 3 with the compression type. */
export const headerBytes = 112;

/** A checked header. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly headerLength: number;
  readonly sizeBytes: number;
  readonly clusterBits: number;
  readonly clusterBytes: number;
  readonly tableEntries: number;
  readonly tableOffset: number;
  readonly snapshots: number;
  readonly snapshotsOffset: number;
  readonly compression: "deflate" | "zstd";
  /** Plain clusters lie in another file, and this one holds the tables only. */
  readonly externalData: boolean;
  /** Table entries of 16 bytes, each with the state of 32 parts of its cluster. */
  readonly extended: boolean;
  /** Where the name of the backing file stands; of length 0 when there is none. */
  readonly backingName: ByteRange;
  /** The writer did not close the file properly; the reference counts may be wrong, the data is not. */
  readonly dirty: boolean;
  readonly lazyRefcounts: boolean;
}

const maximumTableEntries = (32 * MiB) / 8;
const incompatible = { dirty: 1n, corrupt: 2n, externalData: 4n, compression: 8n, subclusters: 16n } as const;
const knownBits = 31n;

/** Reads and checks a header. `bytes` may be shorter than {@link headerBytes} for version 2, but not than 72. */
export function parseQcow2Header(bytes: Uint8Array, path: string): Qcow2Header {
  const view = viewOf(bytes);
  const wrong = (what: string) => new SampanError("IMAGE_CORRUPT", `opening ${path}, a QCOW2 image: ${what}`);
  const unsupported = (variant: string, hint: string) =>
    new SampanError("IMAGE_FORMAT_UNSUPPORTED", `opening ${path}, a QCOW2 image with ${variant}`, {
      hint,
      details: { path, variant },
    });
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw unsupported(`version ${version}`, "Versions 2 and 3 are read.");
  if (version === 3 && bytes.length < 104) throw wrong("it ends within its header");
  const features = version === 3 ? view.getBigUint64(72) : 0n;
  const method = view.getUint32(32);
  if (method !== 0) {
    throw new SampanError("IMAGE_ENCRYPTED", `opening ${path}, a QCOW2 image encrypted by method ${method}`, {
      details: { path, method },
    });
  }
  if (features & incompatible.corrupt) {
    throw new SampanError("IMAGE_CORRUPT", `opening ${path}, a QCOW2 image that is marked as corrupt`, {
      hint: "QEMU found its tables damaged. Repair a copy with `qemu-img check -r all` and look at what it says.",
      details: { path },
    });
  }
  if (features & ~knownBits) {
    throw unsupported(
      `unknown incompatible features ${(features & ~knownBits).toString(16)}`,
      "A newer QEMU may have made it; convert it with that.",
    );
  }
  const headerLength = version === 3 ? view.getUint32(100) : 72;
  if (version === 3 && (headerLength < 104 || headerLength % 8 !== 0))
    throw wrong(`its header says ${headerLength} bytes`);
  const compressionType = headerLength > 104 && bytes.length > 104 ? bytes[104] : 0;
  const compression = (["deflate", "zstd"] as const)[compressionType ?? 0];
  if (!compression || (compression === "zstd" && (features & incompatible.compression) === 0n)) {
    throw unsupported(
      `compression of type ${compressionType}`,
      "Convert it with `qemu-img convert -O qcow2 -o compression_type=zlib`.",
    );
  }
  const backingOffset = view.getBigUint64(8);
  const backingLength = backingOffset === 0n ? 0 : view.getUint32(16);
  if (backingOffset !== 0n && (backingLength === 0 || backingLength > 1023)) {
    throw wrong(`the name of its backing file has ${backingLength} bytes`);
  }
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) throw wrong(`its clusters have 2^${clusterBits} bytes`);
  const clusterBytes = 2 ** clusterBits;
  const extended = (features & incompatible.subclusters) !== 0n;
  if (extended && clusterBits < 14) throw wrong(`it has subclusters in clusters of 2^${clusterBits} bytes`);
  const sizeBytes = safeInteger(view.getBigUint64(24), "the size of the QCOW2 disk");
  if (sizeBytes === 0) throw wrong("its disk has 0 bytes");
  const tableEntries = view.getUint32(36);
  const needed = Math.ceil(sizeBytes / clusterBytes / (clusterBytes / (extended ? 16 : 8)));
  if (tableEntries > maximumTableEntries || needed > tableEntries) {
    throw wrong(`its table has ${tableEntries} entries where ${needed} are needed`);
  }
  const tableOffset = safeInteger(view.getBigUint64(40), "the place of the L1 table");
  if (tableOffset % clusterBytes !== 0)
    throw wrong(`its L1 table stands at ${tableOffset}, which is no cluster's start`);
  return {
    version,
    headerLength,
    sizeBytes,
    clusterBits,
    clusterBytes,
    tableEntries: needed,
    tableOffset,
    snapshots: view.getUint32(60),
    snapshotsOffset: safeInteger(view.getBigUint64(64), "the place of the snapshot table"),
    compression,
    externalData: (features & incompatible.externalData) !== 0n,
    extended,
    backingName: {
      offset: safeInteger(backingOffset, "the place of the backing file's name"),
      length: backingLength,
    },
    dirty: (features & incompatible.dirty) !== 0n,
    lazyRefcounts: version === 3 && (view.getBigUint64(80) & 1n) !== 0n,
  };
}

/** The header as it would be were the disk what it was when a snapshot was taken. */
export function headerOfSnapshot(header: Qcow2Header, snapshot: Snapshot, path: string): Qcow2Header {
  const sizeBytes = snapshot.sizeBytes ?? header.sizeBytes;
  const perTable = header.clusterBytes / (header.extended ? 16 : 8);
  const needed = Math.ceil(sizeBytes / header.clusterBytes / perTable);
  const { tableEntries, tableOffset } = snapshot;
  const misplaced = tableOffset % header.clusterBytes !== 0;
  if (sizeBytes === 0 || tableEntries > maximumTableEntries || needed > tableEntries || misplaced) {
    throw new SampanError(
      "IMAGE_CORRUPT",
      `opening ${path}: the table of its snapshot has ${tableEntries} entries at ${tableOffset} where ${needed} are needed`,
      { details: { path, tableEntries, tableOffset, needed } },
    );
  }
  return { ...header, sizeBytes, tableEntries: needed, tableOffset };
}
