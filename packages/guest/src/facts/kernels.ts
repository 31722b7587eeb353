import { isSampanError, MiB } from "@sampan/core";
import type { DriverPlace, KernelFacts } from "../facts.ts";
import type { MountedFiles } from "../files/mounted-files.ts";
import type { ReadBudget } from "../files/paged-reader.ts";
import { readInitramfsNames } from "../initramfs/read-names.ts";

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
 * Reads the kernels in `/boot`, newest first, with where each finds its virtio and NVMe drivers.
 *
 * An initramfs that is too large for what is left of the budget, or packed with xz, gives `null` for the drivers that are
 * not built in; a note says so.
 */
export async function readKernels(
  files: MountedFiles,
  budget: ReadBudget,
  notes: string[],
): Promise<readonly KernelFacts[]> {
  const names = await files.list("/boot");
  const found: { version: string; path: string }[] = [];
  for (const name of names) {
    const match = /^(?:vmlinu[xz]|bzImage|kernel|Image)-(.+)$/.exec(name);
    const version = match?.[1];
    if (version === undefined || /rescue|\.(old|bak|hmac|sig)$/.test(version)) continue;
    if ((await files.stat(`/boot/${name}`))?.kind === "file") found.push({ version, path: `/boot/${name}` });
  }
  found.sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
  const kernels: KernelFacts[] = [];
  for (const [index, { version, path }] of found.slice(0, maxKernels).entries()) {
    const initramfs = initramfsOf(version, names);
    const builtin = await readBuiltin(files, version);
    const packed = initramfs === null || index >= openedInitramfs ? undefined : initramfs;
    const inside = packed === undefined ? undefined : await readInitramfs(files, packed, budget, notes);
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

function initramfsOf(version: string, names: readonly string[]): string | null {
  const candidates = [
    `initrd.img-${version}`,
    `initramfs-${version}.img`,
    `initrd-${version}`,
    `initrd-${version}.img`,
    `initramfs-${version}`,
    `initramfs-genkernel-${version}`,
  ];
  const name = candidates.find((candidate) => names.includes(candidate));
  return name === undefined ? null : `/boot/${name}`;
}

async function readInitramfs(
  files: MountedFiles,
  path: string,
  budget: ReadBudget,
  notes: string[],
): Promise<ReadonlySet<Driver> | undefined> {
  const stat = await files.stat(path);
  if (stat?.kind !== "file") return undefined;
  if (stat.sizeBytes > budget.leftBytes - reservedBytes) {
    notes.push(`${path} is too large to be searched for drivers`);
    return undefined;
  }
  const found = new Set<Driver>();
  try {
    const pieces = await files.chunks(path, stat.sizeBytes);
    if (pieces === undefined) return undefined;
    const whole = await readInitramfsNames(pieces, (name) => {
      const module = /\/([^/]+)\.ko(?:\.\w+)?$/.exec(name)?.[1]?.replaceAll("-", "_");
      const driver = drivers.find((one) => one === module);
      if (driver) found.add(driver);
      return found.size < drivers.length;
    });
    if (whole) return found;
    notes.push(
      `${path} is damaged or packed in a way that is not read (xz, bzip2, lzma): its drivers are unknown`,
    );
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    notes.push(`${path} could not be read: ${error.message}`);
  }
  return undefined;
}

async function readBuiltin(files: MountedFiles, version: string): Promise<ReadonlySet<Driver> | undefined> {
  const list = await files.readText(`/lib/modules/${version}/modules.builtin`, MiB);
  if (list !== undefined) return driversIn(list);
  const config = await files.readText(`/boot/config-${version}`, MiB);
  if (config === undefined) return undefined;
  return new Set(drivers.filter((driver) => new RegExp(`^${configNames[driver]}=y$`, "m").test(config)));
}

async function readModules(files: MountedFiles, version: string): Promise<ReadonlySet<Driver> | undefined> {
  const list = await files.readText(`/lib/modules/${version}/modules.dep`, 4 * MiB);
  return list === undefined ? undefined : driversIn(dependentsOf(list));
}

/** The modules that a `modules.dep` has lines for, without what each needs. */
function dependentsOf(list: string): string {
  return list
    .split("\n")
    .map((line) => line.split(":", 1)[0])
    .join("\n");
}

function driversIn(list: string): ReadonlySet<Driver> {
  const found = new Set<Driver>();
  for (const line of list.split("\n")) {
    // Looked at from its end, for a damaged list may be one line of megabytes, in which a pattern would search from every character.
    const name = line.slice(-256).split("/").pop() ?? "";
    const module = /^([^.]+)\.ko(?:\.\w+)?$/.exec(name)?.[1]?.replaceAll("-", "_");
    const driver = drivers.find((one) => one === module);
    if (driver) found.add(driver);
  }
  return found;
}
