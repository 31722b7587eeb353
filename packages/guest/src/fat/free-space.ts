import { type ByteRange, KiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { le16, le32, u8 } from "../volumes/fields.ts";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { type FatGeometry, readFatGeometry } from "./geometry.ts";

/** A multiple of the 1½, 2 and 4 bytes an entry takes. */
const chunkBytes = 768 * KiB;

/**
 * Lists the free bytes of the FAT12, FAT16 or FAT32 file system in `volume`, in order: the clusters whose entry is 0.
 *
 * All copies of the FAT must be the same, no chain may run into a free cluster or out of the volume, and the free count
 * of FAT32's FSInfo must agree where there is one. Throws `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT` or
 * `GUEST_FS_UNSUPPORTED` otherwise. After Microsoft's specification (fatgen103).
 */
export async function readFatFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  const fat = readFatGeometry(await readBytes(volume, 0, 512, signal), volume.sizeBytes);
  const used = new Uint8Array(Math.ceil(fat.clusters / 8));
  for await (const [number, entries] of readEntries(volume, fat, true, signal)) {
    if (number === 0) checkFirstEntries(fat, entries);
    for (let i = number === 0 ? 2 : 0; i < entries.length; i++) {
      const index = number + i - 2;
      if (entries[i] !== 0) used[index >>> 3] = (used[index >>> 3] as number) | (1 << (index & 7));
    }
  }
  const isFree = (cluster: number) =>
    (((used[(cluster - 2) >>> 3] as number) >>> ((cluster - 2) & 7)) & 1) === 0;
  const last = fat.clusters + 1;
  const { mask } = fat;
  for await (const [number, entries] of readEntries(volume, fat, false, signal)) {
    for (let i = number === 0 ? 2 : 0; i < entries.length; i++) {
      const next = entries[i] as number;
      // From …F7 on an entry is no cluster: a bad one, or the end of a chain.
      if (next === 0 || next >= mask - 8) continue;
      if (next === 1 || next > last)
        throw corrupt(`cluster ${number + i} leads to ${next}, which does not exist`);
      if (isFree(next)) throw corrupt(`cluster ${number + i} leads to ${next}, which is free`);
    }
  }
  if (
    fat.rootCluster !== null &&
    (fat.rootCluster < 2 || fat.rootCluster > last || isFree(fat.rootCluster))
  ) {
    throw corrupt("its root directory lies in a free cluster");
  }
  const free = new FreeRuns();
  const count = free.addClearBits(used, fat.clusters, 0);
  await checkFreeCount(volume, fat, count, signal);
  return free.toRanges(fat.clusterBytes, fat.dataOffset);
}

/** The entries of the FAT in order, as numbers of clusters, with the number of the first; compares the copies if asked. */
async function* readEntries(
  volume: BlockSource,
  fat: FatGeometry,
  compare: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<[number, Uint32Array]> {
  const total = fat.clusters + 2;
  const neededBytes = Math.ceil((total * fat.bits) / 8);
  for (let at = 0; at < neededBytes; at += chunkBytes) {
    const length = Math.min(chunkBytes, neededBytes - at);
    const bytes = await readBytes(volume, fat.fatOffset + at, length, signal);
    for (let copy = 1; compare && copy < fat.copies; copy++) {
      const other = await readBytes(volume, fat.fatOffset + copy * fat.fatBytes + at, length, signal);
      if (Buffer.compare(bytes, other) !== 0) throw corrupt("its copies of the FAT differ");
    }
    const first = (at * 8) / fat.bits;
    const entries = new Uint32Array(Math.min(Math.floor((length * 8) / fat.bits), total - first));
    for (let i = 0; i < entries.length; i++) {
      entries[i] =
        fat.bits === 32
          ? le32(bytes, i * 4) & fat.mask
          : fat.bits === 16
            ? le16(bytes, i * 2)
            : (le16(bytes, i + (i >>> 1)) >>> ((i & 1) * 4)) & fat.mask;
    }
    yield [first, entries];
  }
}

/** The first entry repeats the media byte; the second tells how the volume was left (not with FAT12). */
function checkFirstEntries(fat: FatGeometry, entries: Uint32Array): void {
  if (((entries[0] as number) & 0xff) !== fat.media)
    throw corrupt("the first entry of its FAT is not the media byte");
  const flags = entries[1] as number;
  const clean = (fat.mask + 1) / 2;
  if (fat.markedDirty || (fat.bits !== 12 && ((flags & clean) === 0 || (flags & (clean / 2)) === 0))) {
    throw new SampanError("GUEST_FS_DIRTY", "reading the free space of FAT that was not unmounted cleanly");
  }
}

async function checkFreeCount(
  volume: BlockSource,
  fat: FatGeometry,
  count: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (fat.infoOffset === null) return;
  const info = await readBytes(volume, fat.infoOffset, 512, signal);
  const known = le32(info, 0) === 0x41615252 && le32(info, 484) === 0x61417272 && u8(info, 511) === 0xaa;
  const told = le32(info, 488);
  if (known && told !== 0xffffffff && told !== count) {
    throw corrupt(`the FAT has ${count} free clusters, the FSInfo sector says ${told}`);
  }
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of FAT: ${what}`);
}
