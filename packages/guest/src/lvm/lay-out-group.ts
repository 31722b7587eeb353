import { type ByteRange, intersectRanges, rangeEnd, SampanError } from "@sampan/core";
import type { Volume, VolumeGroup, VolumeSegment } from "../volumes/layout.ts";
import { volumeName } from "../volumes/volume-name.ts";
import type { FoundPhysicalVolume } from "./read-volume-groups.ts";
import type { GroupLogicalVolume, GroupMember, GroupMetadata } from "./volume-group.ts";

/** A group with its logical volumes placed on the disk. */
export interface LaidOutGroup {
  readonly group: VolumeGroup;
  readonly logicalVolumes: readonly Volume[];
}

/** A member of the group on this disk, with its first extent as a place of the disk. */
interface Present {
  readonly volume: Volume;
  readonly member: GroupMember;
  readonly diskOffset: number;
}

/**
 * Places the logical volumes of a group on the disk and tells which space no one uses.
 *
 * `doubts` are added to where members disagree with the metadata. Throws `GUEST_FS_CORRUPT` when the group cannot lie on
 * its physical volumes as it says: extents past the end, or two volumes in one place.
 */
export function layOutGroup(
  metadata: GroupMetadata,
  found: readonly FoundPhysicalVolume[],
  doubts: string[],
  firstIndex: number,
  room: number,
): LaidOutGroup {
  const present = new Map<string, Present>();
  for (const member of metadata.members) {
    const [here, ...twins] = found.filter((one) => one.label.uuid === member.uuid);
    if (here === undefined) {
      // A copy on another disk may be newer: a physical volume that was away while the group changed keeps the old text.
      doubts.push("it has physical volumes on other disks, whose copies of the metadata cannot be compared");
      continue;
    }
    if (twins.length > 0) {
      doubts.push(`${volumeName(here.volume)} has a twin with the same id`);
      continue;
    }
    checkPlace(member, here, metadata, doubts);
    const diskOffset = here.volume.range.offset + member.dataOffset;
    present.set(member.name, { volume: here.volume, member, diskOffset });
  }
  const used = allocatedExtents(metadata);
  const hidden: { name: string; reason: string }[] = [];
  const logicalVolumes: Volume[] = [];
  for (const lv of metadata.logicalVolumes) {
    const reason =
      reasonToHide(lv, present) ?? (logicalVolumes.length >= room ? "there are too many" : undefined);
    if (reason === undefined) {
      logicalVolumes.push(toVolume(lv, metadata, present, firstIndex + logicalVolumes.length));
    } else if (lv.visible) hidden.push({ name: lv.name, reason });
  }
  const trusted = doubts.length === 0 && [...present.values()].every(({ volume }) => !volume.ambiguous);
  // A segment that is not understood might use extents in a way its text does not show here.
  const allKnown = metadata.logicalVolumes.every((lv) => lv.unsupported === null);
  const free = trusted && allKnown ? freeRanges(metadata, present, used) : [];
  const group = {
    name: metadata.name,
    uuid: metadata.uuid,
    physicalVolumes: [...present.values()].map(({ volume }) => volume.index),
    logicalVolumes: logicalVolumes.map((volume) => volume.index),
    hidden,
    trusted,
    free,
  };
  return { group, logicalVolumes };
}

function checkPlace(
  member: GroupMember,
  { volume, label }: FoundPhysicalVolume,
  { extentBytes }: GroupMetadata,
  doubts: string[],
): void {
  const extents = { offset: member.dataOffset, length: member.extents * extentBytes };
  if (!Number.isSafeInteger(rangeEnd(extents)) || rangeEnd(extents) > volume.range.length) {
    throw corrupt(`${volumeName(volume)} is smaller than the extents it should hold`);
  }
  if (label.dataOffset !== null && label.dataOffset !== member.dataOffset) {
    doubts.push(`${volumeName(volume)} has its extents elsewhere than the group says`);
  }
  if (label.metadataRanges.some((range) => intersectRanges(range, extents) !== undefined)) {
    throw corrupt(`${volumeName(volume)} has metadata among its extents`);
  }
  if (member.missing) doubts.push(`${volumeName(volume)} is marked as missing`);
}

/** The extents in use of each member, in order; refuses extents that lie outside or are used twice. */
function allocatedExtents(metadata: GroupMetadata): ReadonlyMap<string, readonly ByteRange[]> {
  const runs = new Map<string, ByteRange[]>(metadata.members.map((member) => [member.name, []]));
  for (const lv of metadata.logicalVolumes) {
    for (const segment of lv.segments) {
      const length = segment.extents / segment.stripes.length;
      for (const { member, extent } of segment.stripes) runs.get(member)?.push({ offset: extent, length });
    }
  }
  for (const member of metadata.members) {
    const sorted = (runs.get(member.name) ?? []).sort((a, b) => a.offset - b.offset);
    let end = 0;
    for (const run of sorted) {
      if (run.offset < end) throw corrupt(`extent ${run.offset} of ${member.name} is used twice`);
      end = rangeEnd(run);
    }
    if (end > member.extents) throw corrupt(`extents past the end of ${member.name} are used`);
  }
  return runs;
}

function reasonToHide(lv: GroupLogicalVolume, present: ReadonlyMap<string, Present>): string | undefined {
  if (!lv.visible) return "it is a part of another";
  if (lv.unsupported !== null) return `segments of type ${lv.unsupported.slice(0, 64)} are not read`;
  if (lv.segments.length === 0) return "it has no extents";
  const missing = lv.segments.some((segment) => segment.stripes.some(({ member }) => !present.has(member)));
  return missing ? "it lies in part on a disk that is not here" : undefined;
}

function toVolume(
  lv: GroupLogicalVolume,
  metadata: GroupMetadata,
  present: ReadonlyMap<string, Present>,
  index: number,
): Volume {
  const { extentBytes } = metadata;
  const segments = lv.segments.map(
    (segment): VolumeSegment => ({
      offset: segment.startExtent * extentBytes,
      length: segment.extents * extentBytes,
      stripeBytes: segment.stripeBytes,
      stripes: segment.stripes.map(
        ({ member, extent }) => (present.get(member)?.diskOffset ?? 0) + extent * extentBytes,
      ),
    }),
  );
  const user = metadata.logicalVolumes.find((other) => other !== lv && other.uses.includes(lv.name));
  return {
    index,
    partition: null,
    logicalVolume: {
      group: metadata.name,
      name: lv.name,
      uuid: lv.uuid,
      segments,
      sharedBy: user === undefined ? null : (user.unsupported ?? user.name),
    },
    range: { offset: segments[0]?.stripes[0] ?? 0, length: lv.extents * extentBytes },
    fileSystem: null,
    ambiguous: false,
  };
}

function freeRanges(
  { extentBytes }: GroupMetadata,
  present: ReadonlyMap<string, Present>,
  used: ReadonlyMap<string, readonly ByteRange[]>,
): readonly ByteRange[] {
  const free: ByteRange[] = [];
  for (const { member, diskOffset } of present.values()) {
    let position = 0;
    const add = (end: number) => {
      if (end > position) {
        free.push({ offset: diskOffset + position * extentBytes, length: (end - position) * extentBytes });
      }
    };
    for (const run of used.get(member.name) ?? []) {
      add(run.offset);
      position = rangeEnd(run);
    }
    add(member.extents);
  }
  return free;
}

function corrupt(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading a volume group of LVM: ${what}`);
}
