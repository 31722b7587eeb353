import { isSampanError, MiB } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { readLinuxFacts } from "./facts/linux.ts";
import type { FileSystemUse } from "./facts.ts";
import type { FileVolume } from "./files/file-volume.ts";
import { MountedFiles } from "./files/mounted-files.ts";
import { openFileVolume } from "./files/open-file-volume.ts";
import { ReadBudget } from "./files/paged-reader.ts";
import { SubtreeVolume } from "./files/subtree-volume.ts";
import type { DiskInspection } from "./inspection.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";
import { efiSystemTypes } from "./volumes/partition-types.ts";
import { readDiskLayout } from "./volumes/read-layout.ts";
import { volumeName } from "./volumes/volume-name.ts";
import { volumeSource } from "./volumes/volume-source.ts";

/** Read of the disk and of large files, the layout aside: as much as of a disk that lies still. */
const budgetBytes = 56 * MiB;

/** A volume of the system disk that a running system has mounted. */
export interface RunningMount {
  readonly mountPoint: string;
  /** Index of the {@link Volume}. */
  readonly volume: number;
  /** How full it is, as its kernel says; `null` when it was not told. */
  readonly use: Omit<FileSystemUse, "mountPoint" | "volume"> | null;
}

/** A Linux that runs, as {@link inspectRunning} sees it. */
export interface RunningSystem {
  /** Its whole tree of files as its kernel shows it: one volume, whatever is mounted where. */
  readonly files: FileVolume;
  /** Its system disk. */
  readonly disk: BlockSource;
  /** The mounted volumes of the system disk. That of `/` comes first; a list without it says that no single volume holds `/`. */
  mountsOf(layout: DiskLayout): readonly RunningMount[];
  /** Why no single volume of this disk holds `/`, for people. */
  readonly withoutRoot: string;
  /** `true` when it was started by UEFI firmware; `null` when that cannot be told. */
  readonly startedByUefi: boolean | null;
  /** What its host had to say, for people. */
  readonly notes: readonly string[];
}

/**
 * Looks at a Linux that runs: the same facts, by the same readers, as {@link inspectDisk} finds on its disk.
 *
 * Facts are what is configured, which is what counts after the next boot; not what happens to run. Told by the running kernel
 * are how full file systems are, for a mounted superblock is old, and that it was started by UEFI. File systems that are mounted have no
 * state (`dirty` is `null`): every one of them would count as not unmounted. Reads little of the disk: its tables and the
 * beginnings of its volumes. Throws what the system's files and disk throw, and `CORE_CANCELLED`.
 */
export async function inspectRunning(system: RunningSystem, signal?: AbortSignal): Promise<DiskInspection> {
  const { files, disk } = system;
  const layout = await readDiskLayout(disk, signal);
  const notes = [...layout.notes, ...system.notes];
  const mounts = system.mountsOf(layout);
  const mounted = withoutStates(layout, mounts);
  const [first] = mounts;
  const root = first?.mountPoint === "/" ? layout.volumes[first.volume] : undefined;
  if (root === undefined) return { layout: mounted, guest: null, notes: [...notes, system.withoutRoot] };
  const budget = new ReadBudget(budgetBytes);
  const volumes = await openedVolumes(system, layout, mounts, budget, notes, signal);
  const opened = { files: new MountedFiles(files), root, windowsFolder: null, volumes };
  const guest = await readLinuxFacts(opened, { source: disk, layout, budget, notes, signal });
  const use = mounts.flatMap(({ mountPoint, volume, use: told }) =>
    told === null ? [] : [{ mountPoint, volume, ...told }],
  );
  if (system.startedByUefi === true && guest.bootMode !== "UEFI") {
    notes.push(
      `the host runs by UEFI, though its disk ${guest.bootMode === "BIOS" ? "boots by BIOS too" : "shows no loader"}`,
    );
  }
  const bootMode = system.startedByUefi === true ? "UEFI" : guest.bootMode;
  return { layout: mounted, guest: { ...guest, bootMode, use }, notes };
}

/** The layout without the states of file systems that are in use. */
function withoutStates(layout: DiskLayout, mounts: readonly RunningMount[]): DiskLayout {
  const inUse = new Set(mounts.map(({ volume }) => volume));
  const volumes = layout.volumes.map((volume) =>
    volume.fileSystem === null || !inUse.has(volume.index)
      ? volume
      : { ...volume, fileSystem: { ...volume.fileSystem, dirty: null } },
  );
  return { ...layout, volumes };
}

/** Which volume each file system is: as mounted, and an EFI system partition also where it is not. */
async function openedVolumes(
  { files, disk }: RunningSystem,
  layout: DiskLayout,
  mounts: readonly RunningMount[],
  budget: ReadBudget,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<FileVolume, Volume>> {
  const opened = new Map<FileVolume, Volume>();
  const tree = new MountedFiles(files);
  for (const { mountPoint, volume: index } of mounts) {
    const volume = layout.volumes[index];
    const place = await tree.find(mountPoint);
    if (volume && place) opened.set(new SubtreeVolume(files, place.node), volume);
  }
  for (const volume of layout.volumes) {
    const isSystem = volume.partition !== null && efiSystemTypes.includes(volume.partition.type);
    if (!isSystem || mounts.some((one) => one.volume === volume.index)) continue;
    try {
      const kind = volume.fileSystem?.kind ?? "";
      const there = await openFileVolume(kind, volumeSource(disk, volume), budget, signal);
      if (there) opened.set(there, volume);
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`${volumeName(volume)} could not be read: ${error.message}`);
    }
  }
  return opened;
}
