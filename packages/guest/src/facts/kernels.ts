import { isSampanError, MiB } from "@sampan/core";
import type { DriverPlace, KernelFacts } from "../facts.ts";
import type { MountedFiles } from "../files/mounted-files.ts";
import type { ReadBudget } from "../files/paged-reader.ts";
import { readInitramfsNames } from "../initramfs/read-names.ts";
import { UnpackWork } from "../initramfs/unpack.ts";
import { findKernels } from "./kernel-files.ts";
import { textLines } from "./lines.ts";

type Driver = keyof KernelFacts["drivers"];
const drivers: readonly Driver[] = ["virtio_blk", "virtio_net", "virtio_pci", "nvme"];

/** Options of a kernel's configuration that build a driver in. */
const configNames: Readonly<Record<Driver, string>> = {
  virtio_blk: "CONFIG_VIRTIO_BLK",
  virtio_net: "CONFIG_VIRTIO_NET",
  virtio_pci: "CONFIG_VIRTIO_PCI",
  nvme: "CONFIG_BLK_DEV_NVME",
};

/** Old kernels are listed no further than this, and only the newest ones' initramfs are opened. */
const maxKernels = 8;
const openedInitramfs = 2;
/** Kept back from the budget so that the other facts can still be read. */
const reservedBytes = 8 * MiB;

/**
 * Reads the kernels of a guest, newest first, with where each finds its virtio and NVMe drivers.
 *
 * An initramfs that is too large for what is left of the budget, or damaged, gives `null` for the drivers that are not
 * built in; a note says so.
 */
export async function readKernels(
  files: MountedFiles,
  budget: ReadBudget,
  notes: string[],
): Promise<readonly KernelFacts[]> {
  const kernels: KernelFacts[] = [];
  const found = (await findKernels(files)).slice(0, maxKernels);
  const work = new UnpackWork();
  for (const [index, { version, path, initramfs }] of found.entries()) {
    const builtin = await readBuiltin(files, version);
    const wanted = drivers.filter((driver) => !builtin?.has(driver));
    const packed = initramfs === null || index >= openedInitramfs ? undefined : initramfs;
    const inside =
      packed === undefined ? undefined : await readInitramfs(files, packed, wanted, budget, work, notes);
    const modules = await readModules(files, version);
    const place = (driver: Driver): DriverPlace | null => {
      if (builtin?.has(driver)) return "builtin";
      if (inside?.has(driver)) return "initramfs";
      // Without a look into an initramfs that exists, its content is unknown.
      if (initramfs !== null && inside === undefined) return null;
      if (modules?.has(driver)) return "module";
      return builtin === undefined || modules === undefined ? null : "missing";
    };
    kernels.push({
      version,
      path,
      initramfs,
      drivers: {
        virtio_blk: place("virtio_blk"),
        virtio_net: place("virtio_net"),
        virtio_pci: place("virtio_pci"),
        nvme: place("nvme"),
      },
    });
  }
  return kernels;
}

/** Which of the drivers an initramfs holds; no further looked through than until all are found. */
async function readInitramfs(
  files: MountedFiles,
  path: string,
  wanted: readonly Driver[],
  budget: ReadBudget,
  work: UnpackWork,
  notes: string[],
): Promise<ReadonlySet<Driver> | undefined> {
  const stat = await files.stat(path);
  if (stat?.kind !== "file") return undefined;
  if (wanted.length === 0) return new Set();
  if (stat.sizeBytes > budget.leftBytes - reservedBytes) {
    notes.push(`${path} is too large to be searched for drivers`);
    return undefined;
  }
  const found = new Set<Driver>();
  try {
    const pieces = await files.chunks(path, stat.sizeBytes);
    if (pieces === undefined) return undefined;
    const onName = (name: string) => {
      const module = /\/([^/]+)\.ko(?:\.\w+)?$/.exec(name)?.[1]?.replaceAll("-", "_");
      const driver = wanted.find((one) => one === module);
      if (driver) found.add(driver);
      return found.size < wanted.length;
    };
    if (await readInitramfsNames(pieces, onName, work)) return found;
    notes.push(
      `${path} is damaged, too large or packed in a way that is not read (bzip2): its drivers are unknown`,
    );
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    notes.push(`${path} could not be read: ${error.message}`);
  }
  return undefined;
}

/** What is built in: as the modules' folder lists it, and where that list is missing (before Linux 2.6.33) as the configuration says. */
async function readBuiltin(files: MountedFiles, version: string): Promise<ReadonlySet<Driver> | undefined> {
  const folder = `/lib/modules/${version}`;
  const list = await files.readText(`${folder}/modules.builtin`, MiB);
  if (list !== undefined) return driversIn(list.split("\n"));
  const config =
    (await files.readText(`/boot/config-${version}`, MiB)) ?? (await files.readText(`${folder}/config`, MiB));
  if (config === undefined) return undefined;
  const set = new Set(textLines(config));
  return new Set(drivers.filter((driver) => set.has(`${configNames[driver]}=y`)));
}

/** Where the drivers' modules lie, below a kernel's folder of modules. */
const driverFolders = ["block", "net", "virtio", "nvme/host"].map((name) => `kernel/drivers/${name}`);

/** What is there as a module: as `modules.dep` lists it, and without that as the folders hold it. */
async function readModules(files: MountedFiles, version: string): Promise<ReadonlySet<Driver> | undefined> {
  const folder = `/lib/modules/${version}`;
  const list = await files.readText(`${folder}/modules.dep`, 4 * MiB);
  // What stands before the colon; behind it is what that module needs.
  if (list !== undefined) return driversIn(list.split("\n").map((line) => line.split(":", 1)[0] ?? ""));
  const names: string[] = [];
  for (const name of driverFolders) names.push(...(await files.list(`${folder}/${name}`)));
  return names.length === 0 ? undefined : driversIn(names);
}

function driversIn(lines: readonly string[]): ReadonlySet<Driver> {
  const found = new Set<Driver>();
  for (const line of lines) {
    // Looked at from its end, for a damaged list may be one line of megabytes, in which a pattern would search from every character.
    const name = line.slice(-256).split("/").pop() ?? "";
    const module = /^([^.]+)\.ko(?:\.\w+)?$/.exec(name)?.[1]?.replaceAll("-", "_");
    const driver = drivers.find((one) => one === module);
    if (driver) found.add(driver);
  }
  return found;
}
