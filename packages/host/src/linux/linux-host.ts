import { SampanError } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import { plainText } from "../connection/plain-text.ts";
import type { Shell } from "../connection/shell.ts";
import type { Host } from "../host.ts";
import { captureByDd } from "./dd-capture.ts";
import { inspectLinuxHost } from "./inspect-live.ts";
import { type LinuxDisk, listLinuxDisks } from "./list-disks.ts";
import { type LinuxMoments, linuxMoments } from "./moments/linux-moments.ts";
import { linuxPreparation } from "./preparation/live-preparation.ts";
import { openRemoteDisk } from "./remote-disk/open-remote-disk.ts";

/** A block device of a host that is to be read. */
export interface DeviceToRead {
  readonly path: string;
  readonly sizeBytes: number;
}

/** How moments of a host's disks are held. */
export type DiskMoments = Pick<LinuxMoments, "hold" | "openMoment" | "release" | "close"> &
  Partial<Pick<LinuxMoments, "heldMoments">>;

/** What a Linux host is put together from, where it is not the usual. */
export interface LinuxHostParts {
  /** Opens a block device of the host for reading. Default: {@link openRemoteDisk}. */
  openDevice?(shell: Shell, device: DeviceToRead, signal?: AbortSignal): Promise<BlockSource>;
  /** Makes what holds moments of its disks. Default: snapshots of LVM, frozen file systems, or nothing, on a lease. */
  momentsOf?(shell: Shell): DiskMoments;
}

/**
 * Takes a Linux that runs behind a shell for a host. Takes over the shell: closing the host closes it, and so does a failure.
 *
 * The disks, their bytes and the facts need root's rights, of the user or by `sudo`; without them each of these ends in
 * `HOST_ROOT_REFUSED`. Opening asks for none.
 *
 * @throws `HOST_KIND_UNSUPPORTED` when it is no Linux, and what the shell throws.
 *
 * @example
 * ```ts
 * const host = await openLinuxHost(await openSshShell(parseSshTarget("ssh://root@web-01")));
 * const { guest } = await host.live.inspect();
 * await host.close();
 * ```
 */
export async function openLinuxHost(
  shell: Shell,
  parts: LinuxHostParts = {},
  signal?: AbortSignal,
): Promise<Host & Required<Pick<Host, "live">>> {
  try {
    return await linuxHost(shell, parts, signal);
  } catch (error) {
    await shell.close();
    throw error;
  }
}

async function linuxHost(
  shell: Shell,
  parts: LinuxHostParts,
  signal: AbortSignal | undefined,
): Promise<Host & Required<Pick<Host, "live">>> {
  const probed = { shell, root: "" };
  const name = await hostName(shell, signal);
  const openDevice = (device: DeviceToRead, cancel?: AbortSignal) =>
    (parts.openDevice ?? openRemoteDisk)(shell, device, cancel);
  const moments = parts.momentsOf?.(shell) ?? linuxMoments({ shell, openDevice });
  const diskNamed = async (wanted: string, cancel?: AbortSignal): Promise<LinuxDisk> => {
    const all = await listLinuxDisks(probed, cancel);
    const found = all.find((disk) => disk.name === wanted);
    if (found !== undefined) return found;
    throw new SampanError(
      "HOST_DISK_UNKNOWN",
      `opening ${wanted} of ${shell.title}: it has ${all.map((disk) => disk.name).join(", ")}`,
      { details: { disk: wanted } },
    );
  };
  return {
    title: shell.title,
    name,
    async disks(cancel) {
      const all = await listLinuxDisks(probed, cancel);
      return all.map(({ name: path, sizeBytes, system, identity }) => ({
        name: path,
        sizeBytes,
        system,
        identity,
      }));
    },
    async openDisk(wanted, cancel) {
      const disk = await diskNamed(wanted, cancel);
      return openDevice({ path: disk.name, sizeBytes: disk.sizeBytes }, cancel);
    },
    live: {
      inspect: (cancel) => inspectLinuxHost(probed, cancel),
      hold: async (disk, options, cancel) => moments.hold(await diskNamed(disk, cancel), options, cancel),
      openMoment: (moment, cancel) => moments.openMoment(moment, cancel),
      release: (moment, cancel) => moments.release(moment, cancel),
      ...(moments.heldMoments && {
        // What is left of others has a lease of nothing.
        heldMoments: async (cancel) =>
          ((await moments.heldMoments?.(cancel)) ?? []).filter(({ leaseMs }) => leaseMs > 0),
      }),
      async exportDisk(disk, { tool, folder, file, proof, onProgress }, cancel) {
        if (tool !== "dd") {
          throw new SampanError(
            "HOST_TOOL_UNSUITABLE",
            `capturing ${disk} of ${shell.title} by ${tool}: that host is a Linux`,
            { hint: 'Use `tool: "dd"`, or leave the tool out.' },
          );
        }
        const { name: path, sizeBytes } = await diskNamed(disk, cancel);
        const asked = { ...(onProgress && { onProgress }), ...(cancel && { signal: cancel }) };
        const where = { folder, file, ...(proof === undefined ? {} : { proof }) };
        const done = await captureByDd(shell, { disk: path, sizeBytes, ...where }, asked);
        return { path: done.path, sizeBytes: done.sizeBytes };
      },
      ...linuxPreparation(shell, (cancel) => inspectLinuxHost(probed, cancel)),
    },
    async close() {
      try {
        await moments.close();
      } finally {
        await shell.close();
      }
    },
  };
}

/** The host's own name up to its domain, with what images' names allow; `linux` when that leaves nothing. */
async function hostName(shell: Shell, signal: AbortSignal | undefined): Promise<string> {
  const options = { maxOutputBytes: 4096, ...(signal && { signal }) };
  const { exitCode, stdout, stderr } = await shell.run(["uname", "-s", "-n"], options);
  const [system = "", name = ""] = plainText(new TextDecoder().decode(stdout)).split(/\s+/);
  if (exitCode !== 0 || system !== "Linux") {
    const said = system === "" ? stderr.slice(0, 200) || "nothing" : system.slice(0, 64);
    throw new SampanError(
      "HOST_KIND_UNSUPPORTED",
      `opening ${shell.title}: asked for its system it says ${said}, not Linux`,
    );
  }
  const plain = (name.split(".")[0] ?? "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-|-$/g, "");
  return plain === "" ? "linux" : plain;
}
