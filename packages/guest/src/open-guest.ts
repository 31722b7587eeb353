import { isSampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { type FoundRoot, inBootOrder } from "./boot-order.ts";
import { parseFstab, volumeNamed } from "./facts/fstab.ts";
import { readIdentity } from "./facts/identity.ts";
import type { FstabEntry } from "./facts.ts";
import type { FileVolume } from "./files/file-volume.ts";
import type { MountedFiles } from "./files/mounted-files.ts";
import { openFileVolume } from "./files/open-file-volume.ts";
import type { ReadBudget } from "./files/paged-reader.ts";
import { SubtreeVolume } from "./files/subtree-volume.ts";
import { findLinuxRoots, findWindowsRoots } from "./find-roots.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";
import { volumeName } from "./volumes/volume-name.ts";
import { volumeSource } from "./volumes/volume-source.ts";

/** The files of a guest and where its root lies. */
export interface OpenedGuest {
  readonly files: MountedFiles;
  readonly root: Volume;
  /** Path of the system folder of a Windows, such as `/Windows`; `null` for a Linux. */
  readonly windowsFolder: string | null;
  /** Which volume each opened file system is. */
  readonly volumes: ReadonlyMap<FileVolume, Volume>;
}

/**
 * Finds the root of a guest: of a Linux, for which is mounted what its fstab mounts from the same disk, or the volume that
 * holds the registry of a Windows. `undefined` when there is none.
 */
export async function openGuest(
  source: BlockSource,
  layout: DiskLayout,
  budget: ReadBudget,
  notes: string[],
  signal?: AbortSignal,
): Promise<OpenedGuest | undefined> {
  const volumes = new Map<FileVolume, Volume>();
  for (const volume of layout.volumes) {
    throwIfCancelled(signal);
    await readable(volume, notes, async () => {
      const kind = volume.fileSystem?.kind ?? "";
      const opened = await openFileVolume(kind, volumeSource(source, volume), budget, signal);
      if (opened) volumes.set(opened, volume);
      else if (mayHoldGuest.has(kind)) {
        notes.push(`${volumeName(volume)} cannot be looked into: ${kind} is not read`);
      }
      if (opened?.clean === false) {
        notes.push(
          `${volumeName(volume)} was not unmounted cleanly: its last changes may be missing from these facts`,
        );
      }
    });
  }
  const roots: FoundRoot[] = [];
  for (const [opened, volume] of [...volumes]) {
    throwIfCancelled(signal);
    await readable(volume, notes, async () => {
      const found = [
        ...(await findLinuxRoots(opened, [...volumes.keys()])),
        ...(await findWindowsRoots(opened)),
      ];
      for (const root of found) roots.push({ ...root, volume, notes: [] });
    });
  }
  for (const root of roots) if (root.windowsFolder === null) await mountOthers(root, layout, volumes);
  const [chosen, ...others] = await inBootOrder(roots, layout);
  if (chosen === undefined) return undefined;
  notes.push(...chosen.notes);
  if (others.length > 0) {
    const names = await Promise.all([chosen, ...others].map(nameOf));
    notes.push(
      `${roots.length} systems were found, and ${names[0]} was taken; the others: ${names.slice(1).join("; ")}`,
    );
  }
  const { files, volume: root, windowsFolder } = chosen;
  return { files, root, windowsFolder, volumes };
}

/** Runs what reads a volume; where that cannot be read, a note says so. */
async function readable(volume: Volume, notes: string[], read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    notes.push(`${volumeName(volume)} could not be read: ${error.message}`);
  }
}

/** Kinds of volumes that may hold an operating system this version cannot see. */
const mayHoldGuest = new Set(["bitlocker", "luks", "zfs"]);

/** Mount points whose content matters for the facts. */
const systemFolders = ["/boot", "/efi", "/usr", "/var", "/etc", "/lib", "/bin", "/sbin"];
/** SUSE mounts some ten subvolumes; of a damaged fstab no more are mounted than this. */
const maxMounts = 64;

/** Mounts what a root's fstab mounts from the same disk, and what it has of its own volume. */
async function mountOthers(
  { files, volume: rootVolume, alsoMounted, notes }: FoundRoot,
  layout: DiskLayout,
  volumes: Map<FileVolume, Volume>,
): Promise<void> {
  const mount = (mountPoint: string, opened: FileVolume, volume: Volume) => {
    files.mount(mountPoint, opened);
    volumes.set(opened, volume);
  };
  for (const [mountPoint, opened] of alsoMounted) mount(mountPoint, opened, rootVolume);
  volumes.set(files.rootVolume, rootVolume);
  let entries: readonly FstabEntry[] = [];
  await readable(rootVolume, notes, async () => {
    const all = parseFstab((await files.readText("/etc/fstab")) ?? "", layout);
    entries = all.filter(({ mountPoint }) =>
      systemFolders.some((folder) => mountPoint === folder || mountPoint.startsWith(`${folder}/`)),
    );
  });
  const openedAt = (index: number | undefined) => [...volumes].find(([, volume]) => volume.index === index);
  for (const { device, mountPoint, options } of entries.slice(0, maxMounts)) {
    const named = volumeNamed(device, layout);
    const [opened, volume] = openedAt(named?.index) ?? [];
    if (opened && volume) {
      await readable(volume, notes, async () => {
        const part = await subvolumeOf(opened, options);
        if (part) mount(mountPoint.replace(/\/+$/, ""), part, volume);
      });
    } else if (device.startsWith("/dev/") || named) {
      notes.push(
        `${mountPoint} lies on ${device}, which cannot be read: what it holds is missing from these facts`,
      );
    }
  }
  // ostree finds it by its label, without an entry.
  const boot = layout.volumes.find((volume) => volume.fileSystem?.label === "boot" && volume !== rootVolume);
  const [opened] = openedAt(boot?.index) ?? [];
  const isThere = entries.some(({ mountPoint }) => mountPoint === "/boot");
  if (alsoMounted.size > 0 && boot && opened && !isThere) mount("/boot", opened, boot);
}

/** What an entry's options mount of a volume: a subvolume, or the whole. */
async function subvolumeOf(opened: FileVolume, options: readonly string[]): Promise<FileVolume | undefined> {
  const value = (name: string) => options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const name = value("subvol") ?? Number(value("subvolid") ?? Number.NaN);
  if (opened.subvolume === undefined || Number.isNaN(name)) return opened;
  const node = await opened.subvolume(name);
  return node && new SubtreeVolume(opened, node);
}

/** A root's name for people. */
async function nameOf({ files, volume, place, windowsFolder }: FoundRoot): Promise<string> {
  if (windowsFolder !== null) return `Windows on ${volumeName(volume)}`;
  const identity = await readIdentity(files).catch(() => undefined);
  return `${identity?.name ?? "Linux"} on ${volumeName(volume)}${place === null ? "" : `, ${place}`}`;
}
