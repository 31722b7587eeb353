import { isSampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { parseFstab, volumeNamed } from "./facts/fstab.ts";
import { readIdentity } from "./facts/identity.ts";
import type { FileVolume } from "./files/file-volume.ts";
import { MountedFiles } from "./files/mounted-files.ts";
import { openFileVolume } from "./files/open-file-volume.ts";
import type { ReadBudget } from "./files/paged-reader.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";
import { volumeName } from "./volumes/volume-name.ts";
import { volumeSource } from "./volumes/volume-source.ts";

/** The files of a guest and where its root lies. */
export interface OpenedGuest {
  readonly files: MountedFiles;
  readonly root: Volume;
  /** Which volume each opened file system is. */
  readonly volumes: ReadonlyMap<FileVolume, Volume>;
}

/** Finds the root of a Linux guest and mounts what its fstab mounts from the same disk; `undefined` when there is none. */
export async function openGuest(
  source: BlockSource,
  layout: DiskLayout,
  budget: ReadBudget,
  notes: string[],
  signal?: AbortSignal,
): Promise<OpenedGuest | undefined> {
  const volumes = new Map<FileVolume, Volume>();
  const roots: { volume: FileVolume; files: MountedFiles }[] = [];
  for (const volume of layout.volumes) {
    throwIfCancelled(signal);
    const kind = volume.fileSystem?.kind;
    if (kind === undefined) continue;
    try {
      const opened = await openFileVolume(kind, volumeSource(source, volume), budget, signal);
      if (opened === undefined) {
        if (mayHoldGuest.has(kind)) {
          notes.push(`${volumeName(volume)} cannot be looked into: ${kind} is not read`);
        }
        continue;
      }
      volumes.set(opened, volume);
      const files = new MountedFiles(opened);
      if (await isRoot(files)) roots.push({ volume: opened, files });
      if (!opened.clean) {
        notes.push(
          `${volumeName(volume)} was not unmounted cleanly: its last changes may be missing from these facts`,
        );
      }
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      notes.push(`${volumeName(volume)} could not be read: ${error.message}`);
    }
  }
  const [first, ...others] = roots;
  if (first === undefined) return undefined;
  const root = volumes.get(first.volume) as Volume;
  if (others.length > 0) {
    notes.push(`${roots.length} volumes hold an operating system; the one on ${volumeName(root)} was taken`);
  }
  await mountOthers(first.files, layout, volumes, notes);
  return { files: first.files, root, volumes };
}

/** Kinds of volumes that may hold an operating system this version cannot see. */
const mayHoldGuest = new Set(["btrfs", "luks", "zfs"]);

async function isRoot(files: MountedFiles): Promise<boolean> {
  if ((await files.stat("/etc"))?.kind !== "directory") return false;
  if (await readIdentity(files)) return true;
  const names = await Promise.all(
    ["/etc/fstab", "/etc/inittab", "/etc/passwd"].map((path) => files.stat(path)),
  );
  return names.some((stat) => stat?.kind === "file") && (await files.stat("/sbin")) !== undefined;
}

async function mountOthers(
  files: MountedFiles,
  layout: DiskLayout,
  volumes: ReadonlyMap<FileVolume, Volume>,
  notes: string[],
): Promise<void> {
  let entries: readonly { readonly device: string; readonly mountPoint: string }[] = [];
  try {
    entries = parseFstab((await files.readText("/etc/fstab")) ?? "", layout);
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
  }
  for (const { device, mountPoint } of entries) {
    if (!systemFolders.some((folder) => mountPoint === folder || mountPoint.startsWith(`${folder}/`)))
      continue;
    const named = volumeNamed(device, layout);
    const opened = [...volumes].find(([, volume]) => volume.index === named?.index)?.[0];
    if (opened) files.mount(mountPoint.replace(/\/+$/, ""), opened);
    else if (device.startsWith("/dev/") || named) {
      notes.push(
        `${mountPoint} lies on ${device}, which cannot be read: what it holds is missing from these facts`,
      );
    }
  }
}

/** Mount points whose content matters for the facts. */
const systemFolders = ["/boot", "/efi", "/usr", "/var", "/etc", "/lib", "/bin", "/sbin"];
