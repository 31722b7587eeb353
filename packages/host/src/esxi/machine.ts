import { posix } from "node:path";
import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { fromDatastorePath } from "./datastore-path.ts";
import type { EsxiMachineEntry } from "./list-machines.ts";
import { readRemoteText } from "./remote-text.ts";
import { parseVmxText } from "./vmx-text.ts";

/** A virtual disk as its machine names it. */
export interface EsxiDisk {
  /** Where it is plugged in: `scsi0:0`. */
  readonly node: string;
  /** Path of its descriptor: of the latest link where there are snapshots. */
  readonly file: string;
  /** Left out of snapshots. */
  readonly independent: boolean;
}

/** A virtual machine as its configuration describes it. */
export interface EsxiMachine {
  readonly id: number;
  readonly name: string;
  /** Path of the `.vmx`. */
  readonly vmx: string;
  /** Path of the list of its snapshots. */
  readonly vmsd: string;
  /** Its hardware's own id, the same wherever it is registered; `null` when it has none yet. */
  readonly uuid: string | null;
  /** The one it boots from first. */
  readonly disks: readonly EsxiDisk[];
  /** Where it keeps snapshots, when that is not beside its configuration. */
  readonly workingFolder: string | null;
}

/**
 * Reads a machine's configuration.
 *
 * @throws `HOST_MACHINE_UNKNOWN` when its file is not there, `HOST_ANSWER_INVALID` for a name that leads out of its datastore.
 */
export async function readMachine(
  shell: Shell,
  entry: EsxiMachineEntry,
  volumes: string,
  signal?: AbortSignal,
): Promise<EsxiMachine> {
  const vmx = fromDatastorePath(entry.vmx, volumes);
  const bytes = await readRemoteText(shell, vmx, signal);
  if (bytes === undefined) {
    throw new SampanError("HOST_MACHINE_UNKNOWN", `reading ${entry.vmx} on ${shell.title}: it is not there`, {
      hint: "The machine is listed and its files are gone: is its datastore mounted?",
    });
  }
  const values = parseVmxText(bytes);
  const folder = posix.dirname(vmx);
  const working = values.get("workingdir") ?? "";
  return {
    id: entry.id,
    name: values.get("displayname") || entry.name,
    vmx,
    vmsd: vmx.replace(/\.vmx$/, ".vmsd"),
    uuid: values.get("uuid.bios") ?? null,
    disks: disksOf(values, folder),
    workingFolder: working === "" || posix.resolve(folder, working) === folder ? null : working,
  };
}

const nodePattern = /^((?:scsi|sata|nvme|ide)\d{1,2}:\d{1,3})\.filename$/;
const controllers = ["scsi", "sata", "nvme", "ide"];

function disksOf(values: ReadonlyMap<string, string>, folder: string): readonly EsxiDisk[] {
  const disks: EsxiDisk[] = [];
  for (const [key, name] of values) {
    const node = nodePattern.exec(key)?.[1];
    if (node === undefined || !/\.vmdk$/i.test(name)) continue;
    if (/^false$/i.test(values.get(`${node}.present`) ?? "")) continue;
    if (/cdrom|floppy/i.test(values.get(`${node}.devicetype`) ?? "")) continue;
    const independent = /^independent/i.test(values.get(`${node}.mode`) ?? "");
    disks.push({ node, file: posix.resolve(folder, name), independent });
  }
  const place = ({ node }: EsxiDisk) => {
    const [, kind = "", bus, unit] = /^([a-z]+)(\d+):(\d+)$/.exec(node) ?? [];
    return controllers.indexOf(kind) * 1e6 + Number(bus) * 1e3 + Number(unit);
  };
  disks.sort((a, b) => place(a) - place(b));
  // What its BIOS was told to boot from goes first.
  const first = (values.get("bios.hddorder") ?? "").split(",")[0]?.trim().toLowerCase();
  return [...disks.filter(({ node }) => node === first), ...disks.filter(({ node }) => node !== first)];
}
