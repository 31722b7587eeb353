import { formatBytes, MiB, SampanError } from "@sampan/core";
import { type DiskLayout, type Volume, type VolumeGroup, volumeName } from "@sampan/guest";
import type { HostView, LvmReport, MountedFileSystem } from "./host-view.ts";
import { idOfTags, snapshotPrefix } from "./moment-names.ts";

/** A snapshot to make. */
export interface PlannedSnapshot {
  readonly group: string;
  /** The volume it is of. */
  readonly volume: string;
  readonly uuid: string;
  /** What it will be called. */
  readonly name: string;
  /** Size of the volume, and so of the snapshot as it is read. */
  readonly sizeBytes: number;
  /** Space for what changes, in extents of the group. */
  readonly extents: number;
  readonly extentBytes: number;
}

/** What holding a disk by snapshots takes. */
export interface SnapshotPlan {
  readonly snapshots: readonly PlannedSnapshot[];
  /** File systems of the disk outside of LVM, to be frozen while the snapshots are made. */
  readonly freeze: readonly string[];
  readonly freezer: string | null;
  /** Groups of the disk, whose records are kept. */
  readonly groups: readonly VolumeGroup[];
  readonly notes: readonly string[];
  /** False when something that is mounted for writing is read as it is. */
  readonly stable: boolean;
}

/** Kinds that hide another layer: what lies on top of it is not frozen by a snapshot of what lies beneath. */
const layers: ReadonlySet<string> = new Set(["luks", "lvm2", "linux_raid", "bcache", "drbd"]);
/** Kinds that the kernel cannot freeze (no `freeze_fs` in Linux, fs/fat and fs/exfat, 6.12). */
export const neverFrozen: ReadonlySet<string> = new Set([
  "vfat",
  "msdos",
  "exfat",
  "fuseblk",
  "ntfs",
  "iso9660",
  "udf",
]);
/** A snapshot with less space than this, or less than a hundredth of its volume, is void too soon to be of use. */
const leastBytes = 16 * MiB;
const usualShare = 5;
const maxSnapshots = 100;

/**
 * Decides which snapshots are made of a disk, and how large; changes nothing.
 *
 * @throws `HOST_SNAPSHOT_IMPOSSIBLE` naming what stands against it.
 */
export function planSnapshots(
  disk: string,
  layout: DiskLayout,
  view: HostView,
  report: LvmReport | undefined,
  options: { readonly id: string; readonly snapshotBytes?: number },
): SnapshotPlan {
  const refuse = (what: string, details: Record<string, number> = {}): never => {
    throw new SampanError("HOST_SNAPSHOT_IMPOSSIBLE", `planning snapshots of ${disk}: ${what}`, { details });
  };
  checkLayers(layout, refuse);
  if (report === undefined || !view.tools.has("lvcreate") || !view.tools.has("dmsetup")) {
    return refuse("it has logical volumes, but the host's programs of LVM do not answer");
  }
  const notes: string[] = [];
  const outside = mountsOutside(view, refuse);
  const chosen: { volume: Volume; extentBytes: number }[] = [];
  for (const group of layout.volumeGroups) {
    const listed = report.groups.filter((one) => one.name === group.name);
    const [first] = listed;
    if (first === undefined || listed.length > 1) {
      return refuse(`the host's LVM lists ${listed.length} volume groups named ${group.name}`);
    }
    checkSnapshots(group, report, refuse);
    checkGroup(group, layout, refuse);
    for (const index of group.logicalVolumes) {
      const volume = layout.volumes[index] as Volume;
      if (volume.fileSystem?.kind === "swap") continue;
      const { attributes } = checkVolume(volume, report, refuse);
      if (attributes[4] === "a") chosen.push({ volume, extentBytes: first.extentBytes });
      else notes.push(`${volumeName(volume)} is not in use and is read as it is`);
    }
  }
  if (chosen.length === 0) return refuse("it has no logical volume in use besides swap");
  if (chosen.length > maxSnapshots)
    return refuse(`it has ${chosen.length} logical volumes, more than ${maxSnapshots}`);
  const prefix = snapshotPrefix(options.id);
  const snapshots: PlannedSnapshot[] = [];
  for (const { name, freeExtents, extentBytes } of report.groups) {
    const volumes = chosen.filter(({ volume }) => volume.logicalVolume?.group === name);
    const sizes = volumes.map(({ volume }) => volume.range.length);
    const shares = divide(sizes, extentBytes, freeExtents, options.snapshotBytes, (needed) =>
      refuse(
        `volume group ${name} has ${formatBytes(freeExtents * extentBytes)} free, and snapshots of its ${sizes.length} volumes need ` +
          `at least ${formatBytes(needed * extentBytes)}`,
        { freeBytes: freeExtents * extentBytes, neededBytes: needed * extentBytes },
      ),
    );
    volumes.forEach(({ volume }, index) => {
      const lv = volume.logicalVolume;
      if (lv === null) return;
      snapshots.push({
        group: name,
        volume: lv.name,
        uuid: lv.uuid,
        name: `${prefix}${snapshots.length}`,
        sizeBytes: volume.range.length,
        extents: shares[index] as number,
        extentBytes,
      });
    });
  }
  const freezer = freezerOf(view, outside);
  const freeze = freezer === null ? [] : outside.filter(canFreeze).map(({ point }) => point);
  for (const { point, kind } of outside) {
    notes.push(
      freeze.includes(point)
        ? `${point} (${kind}) lies outside of LVM: it was whole at the moment of the snapshots, and is read as it is later`
        : `${point} (${kind}) lies outside of LVM and cannot be frozen: it was flushed to the disk, and is read as it is later`,
    );
  }
  return { snapshots, freeze, freezer, groups: layout.volumeGroups, notes, stable: outside.length === 0 };
}

type Refuse = (what: string, details?: Record<string, number>) => never;

/** Refuses what lies under LVM, or instead of it. */
function checkLayers(layout: DiskLayout, refuse: Refuse): void {
  for (const volume of layout.volumes) {
    const kind = volume.fileSystem?.kind;
    if (volume.mirror !== undefined || kind === "linux_raid") {
      refuse(`${volumeName(volume)} is part of a software RAID, whose records cannot be held still`);
    }
    if (volume.logicalVolume === null && kind === "luks") {
      refuse(`${volumeName(volume)} is encrypted, and what lies in it is not frozen with it`);
    }
  }
  if (layout.volumeGroups.length === 0) {
    const held = layout.volumes
      .map((volume) => volumeName(volume))
      .slice(0, 16)
      .join(", ");
    refuse(`it has no logical volumes${held === "" ? "" : `, only ${held}`}`);
  }
}

/** Refuses where snapshots are already: what they keep would not match what is captured. */
function checkSnapshots(group: VolumeGroup, report: LvmReport, refuse: Refuse): void {
  const found = report.volumes.filter((one) => one.group === group.name && /^[sS]/.test(one.attributes));
  const [first] = found;
  if (first === undefined) return;
  const id = idOfTags(first.tags);
  refuse(
    id === undefined
      ? `volume group ${group.name} has snapshots already, such as ${first.name}, which would not match what is captured; remove them first`
      : `volume group ${group.name} has the snapshots of another run, ${id}; wait until that is done`,
  );
}

function checkGroup(group: VolumeGroup, layout: DiskLayout, refuse: Refuse): void {
  const [hidden] = group.hidden;
  if (hidden !== undefined)
    refuse(`logical volume ${group.name}/${hidden.name} cannot be held: ${hidden.reason}`);
  if (!group.trusted) {
    const why = layout.notes.find((note) => note.startsWith(`volume group ${group.name} is not trusted: `));
    refuse(why ?? `the records of volume group ${group.name} disagree`);
  }
}

function checkVolume(volume: Volume, report: LvmReport, refuse: Refuse): { readonly attributes: string } {
  const lv = volume.logicalVolume;
  const listed = report.volumes.find((one) => one.uuid === lv?.uuid);
  if (listed === undefined || listed.name !== lv?.name || listed.group !== lv.group) {
    return refuse(`the host's LVM does not know ${volumeName(volume)}: its records have changed meanwhile`);
  }
  const kind = volume.fileSystem?.kind;
  if (kind !== undefined && layers.has(kind)) {
    refuse(
      `${volumeName(volume)} holds another layer (${kind}), and what lies on that is not frozen with it`,
    );
  }
  const { attributes } = listed;
  const type = attributes[0];
  if (type !== "-")
    refuse(
      `${volumeName(volume)} is of a kind that is not understood (lvs shows ${attributes.slice(0, 10)})`,
    );
  return { attributes };
}

/** What of the disk is mounted for writing without LVM in between; refuses where the system itself is. */
function mountsOutside(view: HostView, refuse: Refuse): readonly MountedFileSystem[] {
  const outside = mountsToHold(view).filter(
    ({ device }) => device?.startsWith("dm-") !== true || view.otherMaps.has(device),
  );
  for (const { point, kind } of outside) {
    if (point === "/" || point === "/usr" || point === "/var") {
      refuse(`${point} (${kind}) lies on it outside of LVM, where no snapshot covers it`);
    }
  }
  return outside;
}

/** Each file system of the disk that is mounted for writing, once. */
export function mountsToHold(view: HostView): readonly MountedFileSystem[] {
  const found = new Map<string, MountedFileSystem>();
  for (const mount of view.mounts) {
    if (mount.device === null || !view.devices.has(mount.device) || mount.readOnly) continue;
    const known = found.get(mount.device);
    const better =
      known === undefined || (known.hidden && !mount.hidden) || (mount.point === "/" && !mount.hidden);
    if (better) found.set(mount.device, mount);
  }
  return [...found.values()];
}

/** True when a mount can be given to the program that freezes. */
export function canFreeze(mount: MountedFileSystem): boolean {
  return !neverFrozen.has(mount.kind) && !mount.hidden && !/[\n\0]/.test(mount.point);
}

/** The program that freezes these; `null` when the host has none. */
export function freezerOf(view: HostView, mounts: readonly MountedFileSystem[]): string | null {
  if (view.tools.has("fsfreeze")) return "fsfreeze";
  const allXfs = mounts.every(({ kind }) => kind === "xfs" || neverFrozen.has(kind));
  return allXfs && view.tools.has("xfs_freeze") ? "xfs_freeze" : null;
}

/** How many extents each snapshot gets: what was asked for, or a fifth of its volume as far as there is space. */
function divide(
  sizes: readonly number[],
  extentBytes: number,
  free: number,
  asked: number | undefined,
  tooLittle: (neededExtents: number) => never,
): readonly number[] {
  const extents = (bytes: number) => Math.max(1, Math.ceil(bytes / extentBytes));
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  // More than the volume and the bookkeeping of its changes is never filled.
  const most = sizes.map((size) => extents(size * 1.02) + 1);
  const wanted = sizes.map((size, index) =>
    Math.min(extents(asked ?? size / usualShare), most[index] as number),
  );
  if (sum(wanted) <= free) return wanted;
  if (asked !== undefined) return tooLittle(sum(wanted));
  const least = sizes.map((size, index) =>
    Math.min(extents(Math.max(leastBytes, size / 100)), wanted[index] as number),
  );
  if (sum(least) > free) return tooLittle(sum(least));
  const total = sum(wanted);
  const spare = free - sum(least);
  const above = total - sum(least);
  return wanted.map((one, index) => {
    const bottom = least[index] as number;
    return bottom + Math.floor((spare * (one - bottom)) / above);
  });
}
