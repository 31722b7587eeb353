import { SampanError } from "@sampan/core";
import type { Shell } from "../../connection/shell.ts";
import { lookScript, lvmScript } from "./scripts.ts";

/** A file system that is mounted on the host. */
export interface MountedFileSystem {
  /** Kernel name of the block device: `sda1`, `dm-0`; `null` for what lies on none. */
  readonly device: string | null;
  readonly point: string;
  readonly kind: string;
  /** True when the file system as such is read-only, not only this mount. */
  readonly readOnly: boolean;
  /** True when something mounted later hides the mount point. */
  readonly hidden: boolean;
}

/** What matters of a running Linux host for holding one of its disks. */
export interface HostView {
  /** Kernel name of the disk: `sda`. */
  readonly disk: string;
  readonly kernel: { readonly major: number; readonly minor: number };
  readonly tools: ReadonlySet<string>;
  /** Devices that lie on the disk, itself included: `sda`, `sda1`, `dm-0`. */
  readonly devices: ReadonlySet<string>;
  /** Devices of device-mapper that are no logical volumes, such as a partition behind several paths; empty on kernels that do not tell. */
  readonly otherMaps: ReadonlySet<string>;
  readonly mounts: readonly MountedFileSystem[];
}

/** A logical volume as LVM lists it. */
export interface ListedVolume {
  readonly group: string;
  readonly name: string;
  readonly uuid: string;
  /** Ten letters, such as `-wi-ao----`. */
  readonly attributes: string;
  readonly tags: readonly string[];
}

/** A volume group as LVM lists it. */
export interface ListedGroup {
  readonly name: string;
  readonly extentBytes: number;
  readonly freeExtents: number;
}

/** What the host's LVM says it has. */
export interface LvmReport {
  readonly volumes: readonly ListedVolume[];
  readonly groups: readonly ListedGroup[];
}

const maxLines = 100_000;

/** Lines of an answer, bounded. */
export function linesOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder().decode(bytes).split("\n", maxLines);
}

/** Looks at the host and its mounts, for the disk at a device path. Changes nothing. */
export async function lookAtHost(shell: Shell, path: string, signal?: AbortSignal): Promise<HostView> {
  const said = await shell.script(lookScript, [path], given({ asRoot: true }, signal));
  return parseView(linesOf(said.stdout), shell.title);
}

/** Asks the host's LVM; `undefined` when it fails. */
export async function askLvm(shell: Shell, signal?: AbortSignal): Promise<LvmReport | undefined> {
  const said = await shell.script(lvmScript, [], given({ asRoot: true }, signal));
  return said.exitCode === 0 ? parseLvm(linesOf(said.stdout)) : undefined;
}

/** Options with a signal where there is one. */
export function given<T extends object>(
  options: T,
  signal: AbortSignal | undefined,
): T & { signal?: AbortSignal } {
  return signal === undefined ? options : { ...options, signal };
}

/** Reads the answer of the script that looks at a host. */
export function parseView(lines: readonly string[], title: string): HostView {
  let disk: string | undefined;
  let kernel: HostView["kernel"] | undefined;
  const tools = new Set<string>();
  const names = new Map<string, string>();
  const under: [string, string][] = [];
  const mounts: string[] = [];
  const otherMaps = new Set<string>();
  for (const line of lines) {
    const space = line.indexOf(" ");
    const [word, rest] = [line.slice(0, space), line.slice(space + 1)];
    const [first = "", second = ""] = rest.split(" ", 2);
    if (word === "disk") disk ??= rest.replace(/^\/dev\//, "").replaceAll("/", "!");
    else if (word === "kernel") {
      const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(rest) ?? [];
      if (major !== undefined) kernel = { major: Number(major), minor: Number(minor) };
    } else if (word === "tool") tools.add(rest);
    else if (word === "device") names.set(second, first);
    else if (word === "mapped" && !second.startsWith("LVM-")) otherMaps.add(first);
    else if (word === "under") under.push([first, second]);
    else if (word === "mount") mounts.push(rest);
  }
  if (disk === undefined || kernel === undefined || ![...names.values()].includes(disk)) {
    throw new SampanError("HOST_DISK_UNKNOWN", `looking at a disk of ${title}: the host does not list it`);
  }
  return {
    disk,
    kernel,
    tools,
    devices: devicesOn(disk, under),
    otherMaps,
    mounts: parseMounts(mounts, names),
  };
}

/** The disk and everything that lies on it, through as many layers as there are. */
function devicesOn(disk: string, under: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const found = new Set([disk]);
  // A set is walked through to what was added meanwhile.
  for (const name of found) for (const [upper, lower] of under) if (lower === name) found.add(upper);
  return found;
}

/** Reads lines of /proc/self/mountinfo (proc(5), Linux 2.6.26). */
function parseMounts(
  lines: readonly string[],
  names: ReadonlyMap<string, string>,
): readonly MountedFileSystem[] {
  const found: (Omit<MountedFileSystem, "hidden"> & { number: string })[] = [];
  for (const line of lines) {
    const [front = "", back = ""] = line.split(" - ", 2);
    const [, , number = "", , point] = front.split(" ");
    const [kind = "", source = "", options = ""] = back.split(" ");
    if (point === undefined) continue;
    // btrfs and others have a number of their own there, and name the device only.
    const named = unescaped(source)
      .replace(/^\/dev\//, "")
      .replaceAll("/", "!");
    const device = names.get(number) ?? ([...names.values()].includes(named) ? named : null);
    const readOnly = options.split(",").includes("ro");
    found.push({ device, point: unescaped(point), kind, readOnly, number });
  }
  return found.map(({ number, ...mount }, index) => {
    const later = found.slice(index + 1);
    const hidden = later.some((other) => other.number !== number && isWithin(mount.point, other.point));
    return { ...mount, hidden };
  });
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || (folder !== "/" && path.startsWith(`${folder}/`));
}

/** Spaces and other special characters stand as octal numbers in the tables of mounts. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Reads the answer of the script that asks LVM. */
export function parseLvm(lines: readonly string[]): LvmReport {
  const volumes: ListedVolume[] = [];
  const groups: ListedGroup[] = [];
  for (const line of lines) {
    const space = line.indexOf(" ");
    const [first = "", second = "", third = "", fourth = "", tags = ""] = line.slice(space + 1).split("|");
    if (line.startsWith("lv ")) {
      volumes.push({ group: first, name: second, uuid: third, attributes: fourth, tags: tags.split(",") });
    } else if (line.startsWith("vg ")) {
      const [extentBytes, freeExtents] = [Number.parseInt(second, 10), Number.parseInt(third, 10)];
      if (extentBytes > 0 && freeExtents >= 0) groups.push({ name: first, extentBytes, freeExtents });
    }
  }
  return { volumes, groups };
}
