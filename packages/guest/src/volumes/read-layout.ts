import { type ByteRange, rangeEnd, sectorBytes, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readVolumeGroups } from "../lvm/read-volume-groups.ts";
import { parseMirrorMember } from "../raid/mirror-member.ts";
import { readGptTable } from "./gpt.ts";
import type { DiskLayout, FileSystemInfo, Partition, PartitionTable, Volume } from "./layout.ts";
import { hasBootCode, mbrDiskId, parseMbrEntries, readMbrTable } from "./mbr.ts";
import { isExtendedType } from "./partition-types.ts";
import { probeVolume } from "./probes/index.ts";
import { headBytes } from "./probes/probe.ts";
import { readBytes } from "./read-bytes.ts";
import { volumeName } from "./volume-name.ts";
import { volumeSource } from "./volume-source.ts";

/**
 * Reads how a disk is divided and what its volumes are formatted with.
 *
 * Understands MBR with logical partitions, GPT in sectors of 512 and 4,096 bytes (checksums verified, the spare used
 * when the first is broken), disks without a table, mirrors of Linux's software RAID, and LVM2 volume groups whose physical
 * volumes are on this disk: what they hold comes after the partitions. What is odd is told in `notes` and never ends the reading; only
 * an error of the source itself does. Reads about 200 KiB a volume, and the metadata of LVM.
 */
export async function readDiskLayout(source: BlockSource, signal?: AbortSignal): Promise<DiskLayout> {
  const notes: string[] = [];
  const head = await readBytes(source, 0, headBytes, signal);
  const table = await readTable(source, head, notes, signal);
  if (table.kind === "none") {
    const whole = { offset: 0, length: source.sizeBytes };
    const found = probeVolume({ bytes: head, sizeBytes: source.sizeBytes });
    const volumes = source.sizeBytes === 0 ? [] : [volume(0, null, whole, found, notes)];
    return withArraysAndGroups(source, { sizeBytes: source.sizeBytes, table, volumes }, notes, signal);
  }
  noteOverlaps(table.partitions, notes);
  const volumes: Volume[] = [];
  for (const partition of table.partitions) {
    throwIfCancelled(signal);
    if (table.kind === "mbr" && isExtendedType(partition.type)) continue;
    const { range } = partition;
    const bytes = await readBytes(source, range.offset, Math.min(headBytes, range.length), signal);
    const found = probeVolume({ bytes, sizeBytes: range.length });
    volumes.push(volume(volumes.length, partition, range, found, notes));
  }
  return withArraysAndGroups(source, { sizeBytes: source.sizeBytes, table, volumes }, notes, signal);
}

/** What the mirrors hold whose members are among the volumes. */
async function readMirrors(
  source: BlockSource,
  members: readonly Volume[],
  notes: string[],
  signal?: AbortSignal,
): Promise<readonly Volume[]> {
  const found: Volume[] = [];
  for (const member of members) {
    throwIfCancelled(signal);
    // With the marks of something else too, the superblock may be left over from before: then what is behind it is not what it says.
    if (member.fileSystem?.kind !== "linux_raid" || member.ambiguous) continue;
    const head = await readBytes(
      source,
      member.range.offset,
      Math.min(headBytes, member.range.length),
      signal,
    );
    const parsed = parseMirrorMember(head, member.range.length);
    if (parsed === undefined || typeof parsed === "string") {
      notes.push(`${volumeName(member)} cannot be looked into: ${parsed ?? "it has no superblock"}`);
      continue;
    }
    const { content, ...array } = parsed;
    const range = { offset: member.range.offset + content.offset, length: content.length };
    const bytes = await readBytes(source, range.offset, Math.min(headBytes, range.length), signal);
    const index = members.length + found.length;
    const held = volume(index, null, range, [], notes);
    const mirror = { ...array, member: member.index };
    found.push(withFileSystem({ ...held, mirror }, probeVolume({ bytes, sizeBytes: range.length }), notes));
  }
  return found;
}

/** Adds what mirrors hold and the logical volumes of the groups found, and what they are formatted with. */
async function withArraysAndGroups(
  source: BlockSource,
  layout: Pick<DiskLayout, "sizeBytes" | "table" | "volumes">,
  notes: string[],
  signal?: AbortSignal,
): Promise<DiskLayout> {
  const volumes = [...layout.volumes];
  volumes.push(...(await readMirrors(source, volumes, notes, signal)));
  const found = await readVolumeGroups(source, volumes, notes, signal);
  for (const logical of found.logicalVolumes) {
    const bytes = await readBytes(
      volumeSource(source, logical),
      0,
      Math.min(headBytes, logical.range.length),
      signal,
    );
    volumes.push(withFileSystem(logical, probeVolume({ bytes, sizeBytes: logical.range.length }), notes));
  }
  return { ...layout, volumes, volumeGroups: found.groups, notes };
}

function volume(
  index: number,
  partition: Partition | null,
  range: ByteRange,
  found: readonly FileSystemInfo[],
  notes: string[],
): Volume {
  const plain = { index, partition, logicalVolume: null, range, fileSystem: null, ambiguous: false };
  return withFileSystem(plain, found, notes);
}

/** The volume with what was found on it. */
function withFileSystem(volume: Volume, found: readonly FileSystemInfo[], notes: string[]): Volume {
  const [fileSystem = null, ...others] = found;
  if (fileSystem !== null && others.length > 0) {
    const kinds = others.map((one) => one.kind).join(", ");
    notes.push(`${volumeName(volume)} is taken as ${fileSystem.kind} but also bears the marks of ${kinds}`);
  }
  return { ...volume, fileSystem, ambiguous: others.length > 0 };
}

async function readTable(
  source: BlockSource,
  head: Uint8Array,
  notes: string[],
  signal?: AbortSignal,
): Promise<PartitionTable> {
  const none: PartitionTable = { kind: "none", diskId: null, sectorBytes, partitions: [], tableRanges: [] };
  const entries = parseMbrEntries(head);
  const protective = entries?.find((entry) => entry.type === "ee");
  const gpt = await readGptTable(source, protective !== undefined, notes, signal);
  if (gpt) {
    const others = entries?.filter((entry) => entry.type !== "ee") ?? [];
    // Only a table announced by its MBR counts when the MBR holds partitions of its own: tools leave old GPTs behind.
    if (protective || others.length === 0) {
      if (others.length > 0) {
        notes.push(`the MBR beside the GPT names ${others.length} partitions of its own; the GPT was taken`);
      }
      return gpt;
    }
    notes.push("an old GPT lies under the MBR; the MBR was taken");
  }
  if (entries === undefined) return none;
  if (entries.length === 0) {
    const formatted = probeVolume({ bytes: head, sizeBytes: source.sizeBytes }).length > 0;
    if (formatted || (mbrDiskId(head) === null && !hasBootCode(head))) return none;
  }
  // A FAT boot sector may pass for a table by chance; then its entries lie nowhere on the disk.
  const plausible = entries.some(
    (entry) => entry.startSector > 0 && entry.startSector * sectorBytes < source.sizeBytes,
  );
  if (entries.length > 0 && !plausible) {
    notes.push("the boot sector looks like a partition table but names no place on the disk");
    return none;
  }
  return readMbrTable(source, head.subarray(0, sectorBytes), entries, notes, signal);
}

function noteOverlaps(partitions: readonly Partition[], notes: string[]): void {
  const sorted = partitions
    .filter((partition) => !isExtendedType(partition.type))
    .sort((a, b) => a.range.offset - b.range.offset);
  let reach: Partition | undefined;
  for (const partition of sorted) {
    if (reach && partition.range.offset < rangeEnd(reach.range)) {
      notes.push(`partitions ${reach.number} and ${partition.number} overlap`);
    }
    if (!reach || rangeEnd(partition.range) > rangeEnd(reach.range)) reach = partition;
  }
}
