import { type ByteRange, MiB, SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { FreeRuns } from "../volumes/free-runs.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { readNtfsGeometry } from "./boot-sector.ts";
import { checkUnmounted } from "./log-file.ts";
import { checkNoShadowCopies } from "./shadow-copies.ts";
import { NtfsSystemFiles, systemFile } from "./system-files.ts";

const chunkBytes = MiB;
/** A bitmap of more bits than this is not read; with clusters of 4 KiB it is one of 4 TiB. */
const maxClusters = 2 ** 30;

/**
 * Lists the free bytes of the NTFS file system in `volume`, in order, from `$Bitmap`.
 *
 * The volume must not be marked dirty, its log must be done, the spare of the master file table must be the same, there
 * must be no shadow copies, and the bitmap must call the system files used. Throws `GUEST_FS_DIRTY`, `GUEST_FS_CORRUPT`
 * or `GUEST_FS_UNSUPPORTED` otherwise.
 */
export async function readNtfsFreeRanges(
  volume: BlockSource,
  signal?: AbortSignal,
): Promise<readonly ByteRange[]> {
  const geometry = readNtfsGeometry(await readBytes(volume, 0, 512, signal), volume.sizeBytes);
  const { clusters, clusterBytes } = geometry;
  if (clusters > maxClusters) {
    throw new SampanError(
      "GUEST_FS_UNSUPPORTED",
      `reading the free space of NTFS: it has ${clusters} clusters`,
    );
  }
  const files = new NtfsSystemFiles(volume, geometry, signal);
  await files.checkMirror();
  await checkUnmounted(files);
  await checkNoShadowCopies(volume, signal);

  const bitmap = await files.data(systemFile.bitmap);
  const neededBytes = Math.ceil(clusters / 8);
  if (bitmap.sizeBytes < neededBytes || bitmap.initializedBytes < neededBytes) {
    throw corrupt(`its bitmap has ${bitmap.initializedBytes} bytes for ${clusters} clusters`);
  }
  const contents = [await files.mft(), bitmap];
  for (const number of [systemFile.mirror, systemFile.logFile]) contents.push(await files.data(number));
  // The boot sector lies in the first cluster.
  const system = joinRuns([{ cluster: 0, count: 1 }, ...contents.flatMap((data) => data.runs)]);
  const free = new FreeRuns();
  for (let at = 0; at < neededBytes; at += chunkBytes) {
    const bytes = await files.read(bitmap, at, Math.min(chunkBytes, neededBytes - at));
    const first = at * 8;
    const bits = Math.min(bytes.length * 8, clusters - first);
    for (const { start, end } of system) {
      for (let cluster = Math.max(start, first); cluster < Math.min(end, first + bits); cluster++) {
        const bit = cluster - first;
        if ((((bytes[bit >>> 3] as number) >>> (bit & 7)) & 1) === 0) {
          throw corrupt(`its bitmap calls cluster ${cluster} free, which belongs to a system file`);
        }
      }
    }
    free.addClearBits(bytes, bits, first);
  }
  return free.toRanges(clusterBytes);
}

/** Runs in order, without overlap. */
function joinRuns(
  runs: readonly { readonly cluster: number | null; readonly count: number }[],
): readonly { readonly start: number; readonly end: number }[] {
  const joined: { start: number; end: number }[] = [];
  const sorted = runs.map(({ cluster, count }) => ({ start: cluster ?? 0, end: (cluster ?? 0) + count }));
  for (const run of sorted.sort((a, b) => a.start - b.start)) {
    const last = joined[joined.length - 1];
    if (last && run.start <= last.end) last.end = Math.max(last.end, run.end);
    else joined.push(run);
  }
  return joined;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the free space of NTFS: ${what}`);
}
