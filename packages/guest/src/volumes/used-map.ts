import { type ByteRange, isSampanError, rangeEnd, throwIfCancelled } from "@sampan/core";
import { AllocationMap, type BlockSource } from "@sampan/image";
import { readFreeRanges } from "../ext/used-blocks.ts";
import type { DiskLayout, Volume } from "./layout.ts";

/** Which bytes of a disk are in use, and what could not be told. */
export interface UsedMap {
  /** `hole` where a file system says that nothing is stored, `data` everywhere else. */
  readonly map: AllocationMap;
  /** One line for each volume kept whole, with the reason. */
  readonly notes: readonly string[];
}

/**
 * Reads which bytes of a disk are in use, so that free space is neither read nor sent.
 *
 * Free is only what a clean ext2, ext3 or ext4 file system calls free while all its records agree (see
 * `docs/used-map.md`). Everything else is data: partition tables, the gaps between partitions, other file systems,
 * volumes that overlap, that were not unmounted cleanly, or whose parts contradict each other; `notes` says which and
 * why. Reads the metadata only, about 1/32,768 of the disk. Throws what the source throws; never because of what is on
 * the disk.
 */
export async function readUsedMap(
  source: BlockSource,
  layout: DiskLayout,
  signal?: AbortSignal,
): Promise<UsedMap> {
  const notes: string[] = [];
  const free: ByteRange[] = [];
  for (const volume of layout.volumes) {
    throwIfCancelled(signal);
    const name = volumeName(volume);
    const why = reasonToKeep(volume, layout);
    if (why !== undefined) {
      notes.push(`${name} is copied whole: ${why}`);
      continue;
    }
    try {
      for (const range of await readFreeRanges(source, volume.range, signal)) {
        free.push({ offset: volume.range.offset + range.offset, length: range.length });
      }
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`${name} is copied whole: ${error.message}`);
    }
  }
  return { map: mapWithout(layout.sizeBytes, free), notes };
}

function reasonToKeep(volume: Volume, layout: DiskLayout): string | undefined {
  const { fileSystem, range } = volume;
  if (fileSystem === null) return "nothing known was found on it";
  if (!fileSystem.kind.startsWith("ext")) return `the free space of ${fileSystem.kind} is not read`;
  if (volume.ambiguous) return "it bears the marks of more than one file system";
  const others = [
    ...layout.volumes.filter((other) => other.index !== volume.index).map((other) => other.range),
    ...layout.table.tableRanges,
  ];
  return others.some((other) => other.offset < rangeEnd(range) && range.offset < rangeEnd(other))
    ? "it overlaps another partition or the partition table"
    : undefined;
}

/** Everything but the given ranges, which come in any order and do not overlap. */
function mapWithout(sizeBytes: number, free: readonly ByteRange[]): AllocationMap {
  const sorted = [...free].sort((a, b) => a.offset - b.offset);
  const data: ByteRange[] = [];
  let position = 0;
  for (const range of sorted) {
    if (range.offset > position) data.push({ offset: position, length: range.offset - position });
    position = Math.max(position, rangeEnd(range));
  }
  if (position < sizeBytes) data.push({ offset: position, length: sizeBytes - position });
  return AllocationMap.ofData(sizeBytes, data);
}

/** How notes name a volume. */
export function volumeName(volume: Volume): string {
  const what = volume.fileSystem === null ? "" : ` (${volume.fileSystem.kind})`;
  return volume.partition === null ? `the disk${what}` : `partition ${volume.partition.number}${what}`;
}
