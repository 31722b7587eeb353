import { isSampanError, MiB, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { ExtVolume } from "./ext/ext-volume.ts";
import { ReadBudget } from "./ext/paged-reader.ts";
import { readArchitecture } from "./facts/architecture.ts";
import { readBootMode } from "./facts/boot-mode.ts";
import { parseFstab, volumeNamed } from "./facts/fstab.ts";
import { type Identity, readIdentity } from "./facts/identity.ts";
import { readInterfaces } from "./facts/interfaces.ts";
import { readKernels } from "./facts/kernels.ts";
import { MountedFiles } from "./facts/mounted-files.ts";
import { readFirewalls, readNetworkManager } from "./facts/services.ts";
import { readCloudInit, readHostname, readIpv6Disabled, readSelinux, readSshd } from "./facts/settings.ts";
import type { LinuxFacts } from "./facts.ts";
import type { DiskInspection } from "./inspection.ts";
import type { DiskLayout, Volume } from "./volumes/layout.ts";
import { readDiskLayout } from "./volumes/read-layout.ts";
import { volumeName } from "./volumes/volume-name.ts";
import { volumeSource } from "./volumes/volume-source.ts";

/** Everything read of a disk for one inspection, the layout aside, stays below this. */
const budgetBytes = 56 * MiB;

/** The files of a guest and where its root lies. */
export interface OpenedGuest {
  readonly files: MountedFiles;
  readonly root: Volume;
  /** Which volume each opened file system is. */
  readonly volumes: ReadonlyMap<ExtVolume, Volume>;
}

/**
 * Reads what is on a disk: its partitions and file systems, and the operating system with everything that decides
 * whether it will run on ECS.
 *
 * Works offline and read-only, with no mount and no root. At most 64 MiB of the disk are read. What cannot be read or
 * told becomes a line in `notes`; `guest` is `null` when no Linux root was found on an ext2, ext3 or ext4 volume.
 * Throws only what the source throws, and `CORE_CANCELLED`.
 *
 * @example
 * ```ts
 * const image = await openDiskImage("web-01.vmdk");
 * const { guest, layout, notes } = await inspectDisk(image.source);
 * ```
 */
export async function inspectDisk(source: BlockSource, signal?: AbortSignal): Promise<DiskInspection> {
  const layout = await readDiskLayout(source, signal);
  const notes = [...layout.notes];
  const budget = new ReadBudget(budgetBytes);
  const opened = await openGuest(source, layout, budget, notes, signal);
  if (opened === undefined) return { layout, guest: null, notes };
  const gather = new Gathering(notes, signal);
  const { files, root } = opened;
  const identity =
    (await gather.attempt("the distribution", () => readIdentity(files), undefined)) ?? unknownIdentity;
  const fstab = await gather.attempt("fstab", () => files.readText("/etc/fstab"), undefined);
  const guest: LinuxFacts = {
    type: "linux",
    ...identity,
    architecture: await gather.attempt("the architecture", () => readArchitecture(files), null),
    bootMode: await readBootMode(source, layout, signal),
    rootVolume: root.index,
    fstab: fstab === undefined ? [] : parseFstab(fstab, layout),
    selinux: await gather.attempt("SELinux", () => readSelinux(files), { configured: null, source: null }),
    firewalls: await gather.attempt("firewalls", () => readFirewalls(files), []),
    networkManager: await gather.attempt("NetworkManager", () => readNetworkManager(files), null),
    interfaces: await gather.attempt("network interfaces", () => readInterfaces(files), []),
    ipv6Disabled: await gather.attempt("IPv6", () => readIpv6Disabled(files), null),
    sshd: await gather.attempt("sshd", () => readSshd(files), {
      installed: false,
      ports: [],
      permitRootLogin: null,
    }),
    cloudInit: await gather.attempt("cloud-init", () => readCloudInit(files), { installed: false }),
    hostname: await gather.attempt("the host name", () => readHostname(files), null),
    // Last: an initramfs may use up what is left of the budget.
    kernels: await gather.attempt("kernels", () => readKernels(files, budget, notes), []),
  };
  return { layout, guest, notes };
}

const unknownIdentity: Identity = {
  family: "unknown",
  name: "Linux",
  version: null,
  major: null,
  minor: null,
};

/** Runs one reader after the other; what a damaged file system denies becomes a note. */
class Gathering {
  readonly #notes: string[];
  readonly #signal: AbortSignal | undefined;

  constructor(notes: string[], signal: AbortSignal | undefined) {
    this.#notes = notes;
    this.#signal = signal;
  }

  async attempt<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    throwIfCancelled(this.#signal);
    try {
      return await read();
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      this.#notes.push(`${what} could not be read: ${error.message}`);
      return otherwise;
    }
  }
}

/** Finds the root of a Linux guest and mounts what its fstab mounts from the same disk; `undefined` when there is none. */
export async function openGuest(
  source: BlockSource,
  layout: DiskLayout,
  budget: ReadBudget,
  notes: string[],
  signal?: AbortSignal,
): Promise<OpenedGuest | undefined> {
  const volumes = new Map<ExtVolume, Volume>();
  const roots: { volume: ExtVolume; files: MountedFiles }[] = [];
  for (const volume of layout.volumes) {
    throwIfCancelled(signal);
    const kind = volume.fileSystem?.kind;
    if (kind === undefined || !kind.startsWith("ext")) {
      if (kind !== undefined && mayHoldGuest.has(kind)) {
        notes.push(`${volumeName(volume)} cannot be looked into: ${kind} is not read`);
      }
      continue;
    }
    try {
      const opened = await ExtVolume.open(volumeSource(source, volume), budget, signal);
      volumes.set(opened, volume);
      const files = new MountedFiles(opened);
      if (await isRoot(files)) roots.push({ volume: opened, files });
      if (!opened.superblock.clean) {
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
const mayHoldGuest = new Set(["xfs", "btrfs", "ntfs", "luks", "linux_raid", "zfs"]);

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
  volumes: ReadonlyMap<ExtVolume, Volume>,
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
const systemFolders = ["/boot", "/usr", "/var", "/etc", "/lib", "/bin", "/sbin"];
