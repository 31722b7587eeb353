import { type JsonObject, SampanError } from "@sampan/core";
import type { HostDisk } from "../host.ts";
import { BlockDevices, type BlockStack, disksOf, isMultipath } from "./block-devices.ts";
import type { ProbedHost } from "./probe/ask-probe.ts";
import { askProbe } from "./probe/ask-probe.ts";
import type { ProbeAnswer } from "./probe/probe-answer.ts";

/** Devices that are made of others, or have no medium to be moved. */
const notDisks =
  /^(?:dm-\d|md|loop|ram|zram|sr\d|scd\d|fd\d|nbd|drbd|bcache|zd\d|rbd|pmem|mtdblock|mmcblk\d+(?:boot|rpmb|gp))/;

/** A disk of a running Linux, with the name its kernel has for it. */
export interface LinuxDisk extends HostDisk {
  readonly kernelName: string;
}

/**
 * Lists the disks of a running Linux: SCSI and SATA, virtio, Xen, NVMe, IDE, memory cards, Smart Array. What is made of disks (LVM,
 * RAID, encryption) and what has no medium to move (CD, floppy, RAM, loop) is none.
 *
 * @throws `HOST_KIND_UNSUPPORTED` for a container and for disks behind multipath, `HOST_ROOT_DISK_UNKNOWN` when none of them can
 * be told to hold `/`, and what {@link askProbe} throws.
 */
export async function listLinuxDisks(host: ProbedHost, signal?: AbortSignal): Promise<readonly LinuxDisk[]> {
  return disksIn(await askProbe(host, [["disks"]], signal), host);
}

/** The disks an answer of the probe tells of, the system disk first. */
export function disksIn(answer: ProbeAnswer, host: ProbedHost): readonly LinuxDisk[] {
  const devices = new BlockDevices(answer);
  const where = `listing the disks of ${host.shell.title}`;
  const root = rootStack(answer, devices);
  if (root !== undefined && isMultipath(root)) {
    throw new SampanError(
      "HOST_KIND_UNSUPPORTED",
      `${where}: / lies on ${root.name}, a disk that several paths lead to (multipath), which is not read yet`,
      { hint: "Export the logical unit from the storage to an image file, and give its path." },
    );
  }
  // In a container /sys shows the disks of its host; only what has a file in /dev is the machine's own.
  const wanted = host.root === "" ? ["block"] : ["block", "file"];
  const names = devices.names.filter(
    (name) =>
      !notDisks.test(name) &&
      devices.property(name, "parent") === undefined &&
      (devices.sizeBytes(name) ?? 0) > 0 &&
      wanted.includes(devices.property(name, "node") ?? "") &&
      !devices.above(name).some((one) => (devices.property(one, "dm/uuid") ?? "").startsWith("mpath-")),
  );
  if (names.length === 0) {
    throw new SampanError(
      "HOST_KIND_UNSUPPORTED",
      `${where}: it has no block devices of its own, as in a container; only machines with disks can be moved as images`,
      { hint: "Give the machine that the container runs on." },
    );
  }
  const system = systemDisk(answer, devices, names);
  if (system === undefined) {
    const at = answer.mounts.findLast((one) => one.at === "/");
    throw new SampanError(
      "HOST_ROOT_DISK_UNKNOWN",
      `${where}: / lies on ${at === undefined ? "nothing that is told" : `${at.from} (${at.type})`}, and none of ${names.map(devicePath).join(", ")} can be told to hold it`,
      { details: { disks: names.map(devicePath) } },
    );
  }
  const ordered = [system, ...names.filter((name) => name !== system).sort(byLetters)];
  return ordered.map((name) => ({
    kernelName: name,
    name: devicePath(name),
    sizeBytes: devices.sizeBytes(name) as number,
    system: name === system,
    identity: identityOf(name, devices, answer),
  }));
}

/** What `/` lies on; `undefined` when it is no block device that is known. */
export function rootStack(answer: ProbeAnswer, devices: BlockDevices): BlockStack | undefined {
  const source = answer.mounts.findLast(({ at }) => at === "/")?.from;
  const byPath = source === undefined ? undefined : devices.at(source);
  const name = byPath ?? devices.numbered(deviceNumber(answer.host.get("root-number")));
  return name === undefined ? undefined : devices.stack(name);
}

/** `8:1` as `mountpoint` says it, or the number of `stat`, in which the C library joins both. */
function deviceNumber(text: string | undefined): string | undefined {
  if (text === undefined || text.includes(":") || !/^\d{1,15}$/.test(text)) return text;
  const number = Number(text);
  const major = Math.floor(number / 256) % 4096;
  const minor = (number % 256) + (Math.floor(number / 0x100000) % 0x100000) * 256;
  return `${major}:${minor}`;
}

/**
 * The disk the host boots from. Where `/` lies on several, the one that also holds `/boot`, or else the first: of a mirror each
 * holds everything.
 */
function systemDisk(
  answer: ProbeAnswer,
  devices: BlockDevices,
  names: readonly string[],
): string | undefined {
  const root = rootStack(answer, devices);
  if (root === undefined) return undefined;
  const disks = disksOf(root).filter((name) => names.includes(name));
  const boot = answer.mounts.findLast(({ at }) => at === "/boot");
  const bootName = boot === undefined ? undefined : devices.at(boot.from);
  const bootDisks = bootName === undefined ? [] : disksOf(devices.stack(bootName));
  return disks.find((name) => bootDisks.includes(name)) ?? [...disks].sort(byLetters)[0];
}

/** `sda` before `sdb` before `sdaa`. */
function byLetters(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The path of a device; the kernel writes `!` where that has a slash. */
export function devicePath(name: string): string {
  return `/dev/${name.replaceAll("!", "/")}`;
}

/** What tells a disk from another and stays when the host starts anew; kinds of disks differ in what they have. */
function identityOf(name: string, devices: BlockDevices, answer: ProbeAnswer): JsonObject {
  const serial =
    devices.property(name, "serial") ??
    devices.property(name, "device/serial") ??
    devices.property(name, "device/cid") ??
    devices.property(name, "device/unique_id") ??
    serialPage(devices.property(name, "vpd80"));
  const wwn = devices.property(name, "wwid") ?? devices.property(name, "device/wwid");
  const byId = (answer.byId.get(name.replace(/^.*!/, "")) ?? []).filter(
    (one) => !/^(?:lvm-pv|dm-|md-)/.test(one),
  );
  const model = devices.property(name, "device/model");
  return {
    sizeBytes: devices.sizeBytes(name) as number,
    ...(serial !== undefined && { serial: shown(serial) }),
    ...(wwn !== undefined && { wwn: shown(wwn) }),
    ...(model !== undefined && { model: shown(model) }),
    ...(serial === undefined &&
      wwn === undefined &&
      byId.length > 0 && { id: shown([...byId].sort()[0] as string) }),
  };
}

/** The serial number in page 0x80 of a SCSI disk's product data: four bytes of head, then text. */
function serialPage(digits: string | undefined): string | undefined {
  const bytes = Buffer.from((digits ?? "").replace(/\s+/g, ""), "hex");
  return bytes.subarray(4).toString("latin1").trim() || undefined;
}

/** A name a device gives itself, fit for people. */
function shown(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, "")
    .replace(/ +/g, " ")
    .trim()
    .slice(0, 128);
}
