import { type ByteRange, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { hasText, le16, le32, le64, u8 } from "../volumes/fields.ts";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";

/** The table of capital letters has at most 128 KiB: clusters of the least size there is. */
const maxUpcaseClusters = 256;
const maxRootBytes = 16 * MiB;
const maxBitmapBytes = 64 * MiB;

interface ExfatGeometry {
  readonly clusterBytes: number;
  readonly clusters: number;
  readonly fatOffset: number;
  readonly heapOffset: number;
  readonly rootCluster: number;
}

/**
 * Lists the free bytes of the exFAT file system in `volume`, in order, from its allocation bitmap.
 *
 * The checksum of the boot region must hold, and the bitmap must call what it describes and its own clusters used. Throws
 * `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT` or `GUEST_FS_UNSUPPORTED` otherwise. After Microsoft's exFAT specification of
 * 2019-08-27.
 */
export async function readExfatFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  const fs = readGeometry(await readBytes(volume, 0, 12 * 4096, signal), volume.sizeBytes);
  const place = (cluster: number) => fs.heapOffset + (cluster - 2) * fs.clusterBytes;
  const chain = (first: number, limit: number) => readChain(volume, fs, first, limit, signal);
  const root = await chain(fs.rootCluster, Math.max(1, Math.floor(maxRootBytes / fs.clusterBytes)));
  const system: number[] = [...root];
  let upcaseSeen = false;
  let bitmapAt: { first: number; bytes: number } | undefined;
  search: for (const cluster of root) {
    const entries = await readBytes(volume, place(cluster), fs.clusterBytes, signal);
    for (let at = 0; at + 32 <= entries.length; at += 32) {
      const type = u8(entries, at);
      if (type === 0) break search;
      if (type === 0x81) {
        if (bitmapAt !== undefined || (u8(entries, at + 1) & 1) !== 0)
          throw unsupported("it has two bitmaps");
        bitmapAt = { first: le32(entries, at + 20), bytes: le64(entries, at + 24) };
      }
      if (type === 0x82) {
        if (upcaseSeen) throw corrupt("it has two tables of capital letters");
        upcaseSeen = true;
        system.push(...(await chain(le32(entries, at + 20), maxUpcaseClusters)));
      }
    }
  }
  const neededBytes = Math.ceil(fs.clusters / 8);
  if (bitmapAt === undefined) throw corrupt("its root directory names no allocation bitmap");
  if (bitmapAt.bytes !== neededBytes || neededBytes > maxBitmapBytes) {
    throw corrupt(`its bitmap has ${bitmapAt.bytes} bytes for ${fs.clusters} clusters`);
  }
  const parts = await chain(bitmapAt.first, Math.ceil(neededBytes / fs.clusterBytes));
  if (parts.length * fs.clusterBytes < neededBytes) throw corrupt("its bitmap ends too early");
  const bitmap = new Uint8Array(neededBytes);
  for (const [index, cluster] of parts.entries()) {
    const at = index * fs.clusterBytes;
    bitmap.set(
      await readBytes(volume, place(cluster), Math.min(fs.clusterBytes, neededBytes - at), signal),
      at,
    );
  }
  for (const cluster of [...system, ...parts]) {
    const bit = cluster - 2;
    if ((((bitmap[bit >>> 3] as number) >>> (bit & 7)) & 1) === 0) {
      throw corrupt(`its bitmap calls cluster ${cluster} free, which holds the root directory or the bitmap`);
    }
  }
  const free = new FreeRuns();
  free.addClearBits(bitmap, fs.clusters, 0);
  return free.toRanges(fs.clusterBytes, fs.heapOffset);
}

function readGeometry(region: Uint8Array, volumeBytes: number): ExfatGeometry {
  const sectorShift = u8(region, 108);
  const clusterShift = u8(region, 109);
  if (
    !hasText(region, 3, "EXFAT   ") ||
    sectorShift < 9 ||
    sectorShift > 12 ||
    sectorShift + clusterShift > 25
  ) {
    throw corrupt("its boot sector makes no sense");
  }
  const sectorBytes = 2 ** sectorShift;
  let sum = 0;
  for (let i = 0; i < 11 * sectorBytes; i++) {
    if (i === 106 || i === 107 || i === 112) continue;
    sum = (((sum & 1) << 31) | (sum >>> 1)) + u8(region, i);
    sum >>>= 0;
  }
  for (let at = 11 * sectorBytes; at < 12 * sectorBytes; at += 4) {
    if (le32(region, at) !== sum) throw corrupt("its boot region has a wrong checksum");
  }
  if (u8(region, 105) !== 1 || u8(region, 110) !== 1)
    throw unsupported("it is of another version or has two FATs");
  if ((le16(region, 106) & 0b110) !== 0) {
    throw new SampanError("GUEST_FS_DIRTY", "reading the free space of exFAT that was not unmounted cleanly");
  }
  const clusters = le32(region, 92);
  const geometry = {
    clusterBytes: 2 ** (sectorShift + clusterShift),
    clusters,
    fatOffset: le32(region, 80) * sectorBytes,
    heapOffset: le32(region, 88) * sectorBytes,
    rootCluster: le32(region, 96),
  };
  const sizeBytes = le64(region, 72) * sectorBytes;
  const fatEnd = geometry.fatOffset + (clusters + 2) * 4;
  const heapEnd = geometry.heapOffset + clusters * geometry.clusterBytes;
  if (
    clusters === 0 ||
    sizeBytes > volumeBytes ||
    geometry.fatOffset < 24 * sectorBytes ||
    fatEnd > geometry.heapOffset ||
    heapEnd > sizeBytes
  ) {
    throw corrupt("its parts do not fit it or its partition");
  }
  return geometry;
}

/** The clusters of a chain; refuses one that is longer than `limit`, leaves the volume or runs in a circle. */
async function readChain(
  volume: BlockSource,
  fs: ExfatGeometry,
  first: number,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const found: number[] = [];
  let page: Uint8Array | undefined;
  let pageAt = -1;
  for (let cluster = first; cluster !== 0xffffffff; ) {
    if (cluster < 2 || cluster > fs.clusters + 1) throw corrupt(`a chain leads to cluster ${cluster}`);
    if (found.length >= limit) throw corrupt("a chain does not end");
    found.push(cluster);
    const at = Math.floor((cluster * 4) / 4096) * 4096;
    if (page === undefined || pageAt !== at) {
      page = await readBytes(volume, fs.fatOffset + at, 4096, signal);
      pageAt = at;
    }
    cluster = le32(page, cluster * 4 - at);
  }
  return found;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of exFAT: ${what}`);
}

function unsupported(what: string): SampanError {
  return new SampanError("GUEST_FS_UNSUPPORTED", `reading the free space of exFAT: ${what}`);
}
