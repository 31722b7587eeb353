import { type ByteRange, intersectRanges, isSampanError, rangeEnd, throwIfCancelled } from "@sampan/core";
import { AllocationMap, type BlockSource } from "@sampan/image";
import { freeSpaceReader } from "./free-space.ts";
import type { DiskLayout, Volume, VolumeGroup } from "./layout.ts";
import { volumeName } from "./volume-name.ts";
import { diskRanges, volumeSource } from "./volume-source.ts";

/** Which bytes of a disk are in use, and what could not be told. */
export interface UsedMap {
  /** `hole` where a file system says that nothing is stored, `data` everywhere else. */
  readonly map: AllocationMap;
  /** One line for each volume kept whole, with the reason. */
  readonly notes: readonly string[];
}

/** More free places than this on one disk are not kept, so that memory stays bounded. */
const maxFreePlaces = 1_000_000;

/**
 * Reads which bytes of a disk are in use, so that free space is neither read nor sent.
 *
 * Free is only what a clean file system of a kind that is understood calls free while all its records agree (see
 * `docs/used-map.md`). Everything else is data: partition tables, the gaps between partitions, other file systems,
 * volumes that overlap, that were not unmounted cleanly, or whose parts contradict each other; `notes` says which and
 * why. Reads the metadata only: bitmaps, FATs, trees of free extents. Throws what the source throws; never because of what is on
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
    if (volume.fileSystem?.kind === "lvm2" && volume.logicalVolume === null) continue;
    // What a mirror holds is a volume of its own; the rest of its member is kept.
    if (layout.volumes.some((other) => other.mirror?.member === volume.index)) continue;
    const read = freeSpaceReader(volume);
    const why = reasonToKeep(volume, layout);
    if (why !== undefined || read === undefined) {
      const kind = volume.fileSystem?.kind ?? "it";
      notes.push(`${volumeName(volume)} is copied whole: ${why ?? `the free space of ${kind} is not read`}`);
      continue;
    }
    try {
      const ranges = await read(volumeSource(source, volume), volume, signal);
      const places = ranges.flatMap((range) => diskRanges(volume, range));
      if (free.length + places.length > maxFreePlaces) {
        notes.push(`${volumeName(volume)} is copied whole: its free space lies in too many pieces`);
      } else for (const place of places) free.push(place);
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`${volumeName(volume)} is copied whole: ${error.message}`);
    }
  }
  for (const range of freeOfGroups(layout, notes)) free.push(range);
  return { map: mapWithout(layout.sizeBytes, free), notes };
}

/** Space of volume groups that belongs to no logical volume. */
function freeOfGroups(layout: DiskLayout, notes: string[]): readonly ByteRange[] {
  const free: ByteRange[] = [];
  for (const volume of layout.volumes) {
    if (volume.fileSystem?.kind !== "lvm2" || volume.logicalVolume !== null) continue;
    const group = layout.volumeGroups.find((one) => one.physicalVolumes.includes(volume.index));
    const why =
      group === undefined
        ? "its volume group could not be read"
        : !group.trusted
          ? `the records of volume group ${group.name} are in doubt`
          : groupOverlaps(group, layout)
            ? "its volume group overlaps another partition or the partition table"
            : reasonToKeep(volume, layout);
    if (why !== undefined) notes.push(`${volumeName(volume)} is copied whole: ${why}`);
    else if (group !== undefined) {
      if (group.free.length === 0 && group.hidden.length > 0) {
        notes.push(
          `${volumeName(volume)} keeps its free extents: volume group ${group.name} is not understood in full`,
        );
      }
      free.push(...group.free.flatMap((range) => intersectRanges(range, volume.range) ?? []));
    }
  }
  return free;
}

function reasonToKeep(volume: Volume, layout: DiskLayout): string | undefined {
  const { fileSystem, logicalVolume } = volume;
  if (fileSystem === null) return "nothing known was found on it";
  if (volume.ambiguous) return "it bears the marks of more than one file system";
  if (logicalVolume === null) {
    if (overlapsOther(volume, layout)) return "it overlaps another partition or the partition table";
    if (fileSystem.kind === "lvm2") return undefined;
  } else {
    const group = layout.volumeGroups.find((one) => one.logicalVolumes.includes(volume.index));
    if (group === undefined || !group.trusted) return "the records of its volume group are in doubt";
    if (logicalVolume.sharedBy !== null) return `its bytes are shared by LVM's ${logicalVolume.sharedBy}`;
    if (groupOverlaps(group, layout))
      return "its volume group overlaps another partition or the partition table";
  }
  return undefined;
}

function groupOverlaps(group: VolumeGroup, layout: DiskLayout): boolean {
  return group.physicalVolumes.some((index) => {
    const physical = layout.volumes[index];
    return physical === undefined || overlapsOther(physical, layout);
  });
}

function overlapsOther({ index, range, mirror }: Volume, layout: DiskLayout): boolean {
  const others = [
    ...layout.volumes
      .filter((other) => other.index !== index && other.logicalVolume === null)
      // A mirror's member and what it holds lie in the same place.
      .filter((other) => other.index !== mirror?.member && other.mirror?.member !== index)
      .map((other) => other.range),
    ...layout.table.tableRanges,
  ];
  return others.some((other) => intersectRanges(other, range) !== undefined);
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
