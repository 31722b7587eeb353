import type { DiskLayout } from "@sampan/guest";
import { type DiskInspection, inspectRunning, type RunningMount } from "@sampan/guest";
import { BlockDevices, disksOf, isMirrored, volumeOf } from "./block-devices.ts";
import { disksIn, type LinuxDisk, rootStack } from "./list-disks.ts";
import { askProbe, type ProbedHost } from "./probe/ask-probe.ts";
import type { ProbeAnswer } from "./probe/probe-answer.ts";
import { ProbedDisk } from "./probe/probed-disk.ts";
import { ProbedVolume } from "./probe/probed-volume.ts";

/**
 * Looks at a running Linux: the layout of its system disk and the facts of its guest, as an inspection of that disk would find them.
 *
 * One question brings nearly everything; a few more follow where its settings lead elsewhere, and the initramfs of its newest kernels is
 * read in pieces until its drivers are found. Nothing is changed on the host and nothing is installed there.
 *
 * @throws `HOST_ROOT_REFUSED` without root's rights, and what {@link listLinuxDisks} throws.
 */
export async function inspectLinuxHost(host: ProbedHost, signal?: AbortSignal): Promise<DiskInspection> {
  const answer = await askProbe(host, [["all"]], signal);
  const devices = new BlockDevices(answer);
  const [system] = disksIn(answer, host);
  const { kernelName, sizeBytes, name } = system as LinuxDisk;
  const disk = new ProbedDisk(host, kernelName, sizeBytes, answer);
  const root = rootStack(answer, devices);
  const rootDisks = root === undefined ? [] : disksOf(root);
  const isWhole = root !== undefined && (rootDisks.length === 1 || isMirrored(root));
  try {
    return await inspectRunning(
      {
        files: new ProbedVolume(host, answer, signal),
        disk,
        mountsOf: (layout) => (isWhole ? mountsOf(answer, devices, kernelName, layout) : []),
        withoutRoot: isWhole
          ? `/ lies on ${name}, in a place that its tables do not name: its system cannot be told`
          : `/ lies on several disks (${rootDisks.join(", ")}), of which no one boots without the others: its system cannot be moved as the image of one disk`,
        startedByUefi: answer.host.get("firmware") === "uefi" ? true : null,
        notes: notesOf(answer, devices, kernelName, isWhole ? rootDisks : []),
      },
      signal,
    );
  } finally {
    await disk.close();
  }
}

/** What is mounted of the volumes of a disk; `/` first, each volume once. */
function mountsOf(
  answer: ProbeAnswer,
  devices: BlockDevices,
  disk: string,
  layout: DiskLayout,
): readonly RunningMount[] {
  const found = new Map<number, RunningMount>();
  const add = (mountPoint: string, device: string | undefined, use: RunningMount["use"]) => {
    const volume = device === undefined ? undefined : volumeOf(devices.stack(device), disk, layout);
    if (volume && !found.has(volume.index))
      found.set(volume.index, { mountPoint, volume: volume.index, use });
  };
  const useAt = (path: string) => answer.use.findLast(({ mountPoint }) => mountPoint === path);
  const told = (use: ProbeAnswer["use"][number] | undefined) =>
    use === undefined ? null : { sizeBytes: use.sizeBytes, usedBytes: use.usedBytes, inodes: use.inodes };
  add("/", rootStack(answer, devices)?.name, told(useAt("/")));
  for (const use of answer.use) add(use.mountPoint, devices.at(use.device), told(use));
  return [...found.values()];
}

function notesOf(
  answer: ProbeAnswer,
  devices: BlockDevices,
  disk: string,
  rootDisks: readonly string[],
): readonly string[] {
  const notes: string[] = [];
  if (rootDisks.length > 1) {
    notes.push(`/ is mirrored on ${rootDisks.join(" and ")}; what is said of its disk is said of ${disk}`);
  }
  for (const { at, from } of answer.mounts) {
    if (at === "/") continue;
    const device = devices.at(from);
    if (device === undefined) continue;
    const disks = disksOf(devices.stack(device));
    if (!disks.includes(disk)) {
      notes.push(
        `${at} lies on ${disks.join(", ")}, not on the system disk ${disk}: an image of that alone lacks it`,
      );
    }
  }
  return notes;
}
