import { isSampanError, MiB, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import type { Volume, VolumeGroup } from "../volumes/layout.ts";
import { volumeName } from "../volumes/volume-name.ts";
import { layOutGroup } from "./lay-out-group.ts";
import { type PhysicalVolumeLabel, readPhysicalVolume } from "./physical-volume.ts";
import { type GroupMetadata, parseGroup } from "./volume-group.ts";

/** A physical volume found on the disk. */
export interface FoundPhysicalVolume {
  readonly volume: Volume;
  readonly label: PhysicalVolumeLabel;
}

/** What LVM keeps on a disk. */
export interface FoundVolumeGroups {
  readonly groups: readonly VolumeGroup[];
  /** Without file systems; their indices follow those of the volumes given. */
  readonly logicalVolumes: readonly Volume[];
}

/** More logical volumes than this are not shown: each costs a read. */
const maxLogicalVolumes = 128;
/** Metadata of a disk beyond this is not read. */
const maxMetadataBytes = 16 * MiB;

/**
 * Puts together the volume groups whose physical volumes are among the volumes of a disk.
 *
 * What cannot be understood becomes a note; only the source can fail. A group counts as trusted only while all its
 * records on this disk are sound and say the same.
 */
export async function readVolumeGroups(
  source: BlockSource,
  volumes: readonly Volume[],
  notes: string[],
  signal?: AbortSignal,
): Promise<FoundVolumeGroups> {
  const found: FoundPhysicalVolume[] = [];
  const budget = { leftBytes: maxMetadataBytes };
  for (const volume of volumes) {
    throwIfCancelled(signal);
    if (volume.fileSystem?.kind !== "lvm2") continue;
    try {
      found.push({ volume, label: await readPhysicalVolume(source, volume.range, budget, signal) });
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`${volumeName(volume)} cannot be looked into: ${error.message}`);
    }
  }
  const groups: VolumeGroup[] = [];
  const logicalVolumes: Volume[] = [];
  for (const { metadata, doubts } of chooseMetadata(found, notes)) {
    try {
      const firstIndex = volumes.length + logicalVolumes.length;
      const room = maxLogicalVolumes - logicalVolumes.length;
      const laidOut = layOutGroup(metadata, found, doubts, firstIndex, room);
      groups.push(laidOut.group);
      logicalVolumes.push(...laidOut.logicalVolumes);
      for (const { name, reason } of laidOut.group.hidden) {
        notes.push(`logical volume ${metadata.name}/${name} cannot be looked into: ${reason}`);
      }
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`volume group ${metadata.name} cannot be looked into: ${error.message}`);
    }
    for (const doubt of new Set(doubts)) notes.push(`volume group ${metadata.name} is not trusted: ${doubt}`);
  }
  const named = new Set(groups.flatMap((group) => group.physicalVolumes));
  for (const { volume } of found) {
    if (!named.has(volume.index)) {
      notes.push(`${volumeName(volume)} cannot be looked into: no group that could be read names it`);
    }
  }
  return { groups, logicalVolumes };
}

interface ChosenMetadata {
  readonly metadata: GroupMetadata;
  /** What speaks against it. */
  readonly doubts: string[];
}

/** The newest metadata of each group, with everything on the disk that contradicts it. */
function chooseMetadata(found: readonly FoundPhysicalVolume[], notes: string[]): readonly ChosenMetadata[] {
  const byGroup = new Map<string, { metadata: GroupMetadata; text: string; doubts: string[] }>();
  const doubtsOf = new Map<FoundPhysicalVolume, string[]>();
  const groupOf = new Map<FoundPhysicalVolume, Set<string>>();
  for (const one of found) {
    const doubts = one.label.doubts.map((doubt) => `${volumeName(one.volume)}: ${doubt}`);
    doubtsOf.set(one, doubts);
    const groups = new Set<string>();
    groupOf.set(one, groups);
    for (const text of one.label.texts) {
      let metadata: GroupMetadata;
      try {
        metadata = parseGroup(text);
      } catch (error) {
        if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
        doubts.push(`${volumeName(one.volume)}: ${error.message}`);
        continue;
      }
      groups.add(metadata.uuid);
      const known = byGroup.get(metadata.uuid);
      if (known === undefined) {
        byGroup.set(metadata.uuid, { metadata, text, doubts: [] });
        continue;
      }
      if (known.text === text) continue;
      const newer = metadata.sequence > known.metadata.sequence;
      const odd = ["its copies of the metadata differ"];
      if (newer) byGroup.set(metadata.uuid, { metadata, text, doubts: odd });
      else known.doubts.push(...odd);
    }
  }
  for (const [uuid, { metadata, doubts }] of byGroup) {
    for (const [one, said] of groupOf) {
      const member = metadata.members.some((each) => each.uuid === one.label.uuid);
      if (member || said.has(uuid)) doubts.push(...(doubtsOf.get(one) ?? []));
      if (said.has(uuid) && !member)
        doubts.push(`it does not name ${volumeName(one.volume)}, which names it`);
      if (member && [...said].some((other) => other !== uuid)) {
        doubts.push(`${volumeName(one.volume)} names another group`);
      }
    }
  }
  for (const [one, doubts] of doubtsOf) {
    if (groupOf.get(one)?.size === 0) notes.push(...doubts);
  }
  return [...byGroup.values()].map(({ metadata, doubts }) => ({ metadata, doubts: [...new Set(doubts)] }));
}
