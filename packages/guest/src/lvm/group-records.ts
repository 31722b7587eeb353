import type { ByteRange } from "@sampan/core";
import { MiB } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { le64 } from "../volumes/fields.ts";
import type { DiskLayout, VolumeGroup } from "../volumes/layout.ts";
import { readBytes } from "../volumes/read-bytes.ts";
import { readPhysicalVolume } from "./physical-volume.ts";

/** What LVM has written on a disk about a volume group. Places count from the start of the disk. */
export interface GroupRecords {
  /** Where LVM keeps its records: the labels and the metadata areas, of which most is history. */
  readonly areas: readonly ByteRange[];
  /** The bytes in them that are in force; with everything else in the areas zero, the group is the same. */
  readonly pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

const headerBytes = 512;
/** Records of one group beyond this are not read. */
const maxRecordBytes = 16 * MiB;

/**
 * Reads what LVM has written about a group, reduced to what is in force: labels, the headers of the metadata areas, and the one
 * text each header points at. The texts of earlier states, which fill the rest of an area, are left out.
 *
 * `layout` must come from this source, and the group be a trusted one of it.
 *
 * @throws `GUEST_FS_CORRUPT` when a label is not sound any more.
 */
export async function readGroupRecords(
  source: BlockSource,
  layout: DiskLayout,
  group: VolumeGroup,
  signal?: AbortSignal,
): Promise<GroupRecords> {
  const areas: ByteRange[] = [];
  const pieces: { offset: number; bytes: Uint8Array }[] = [];
  const budget = { leftBytes: maxRecordBytes };
  for (const index of group.physicalVolumes) {
    const volume = layout.volumes[index];
    if (volume === undefined) continue;
    const start = volume.range.offset;
    const take = async (offset: number, length: number) => {
      pieces.push({ offset: start + offset, bytes: await readBytes(source, start + offset, length, signal) });
    };
    const { metadataRanges } = await readPhysicalVolume(source, volume.range, budget, signal);
    const [label, ...metadataAreas] = metadataRanges;
    if (label === undefined) continue;
    areas.push({ offset: start + label.offset, length: label.length });
    await take(label.offset, label.length);
    for (const area of metadataAreas) {
      areas.push({ offset: start + area.offset, length: area.length });
      await take(area.offset, headerBytes);
      const header = pieces.at(-1)?.bytes as Uint8Array;
      const [offset, length] = [le64(header, 40), le64(header, 48)];
      // What the reader of labels above refused or left out as not in use is not followed here either.
      if (offset < headerBytes || offset >= area.length || length === 0) continue;
      if (length > area.length - headerBytes || length > maxRecordBytes) continue;
      // The area is a ring behind its header.
      const first = Math.min(length, area.length - offset);
      await take(area.offset + offset, first);
      if (first < length) await take(area.offset + headerBytes, length - first);
    }
  }
  return { areas, pieces };
}
