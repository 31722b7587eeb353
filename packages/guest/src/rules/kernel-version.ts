import { fact, file, linuxGuest, windowsGuest } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

/** Linux has had virtio since 2.6.25; Red Hat brought it back to its 2.6.18. */
const firstKernel: readonly number[] = [2, 6, 18];
/** Windows Server 2003, the oldest ECS names. */
const firstBuild = 3790;

export const kernelVersion: Rule = {
  id: "GUESTOS.KernelVersion",
  requirement: "A kernel is there, and it is new enough to know virtio.",
  why: "ECS's own check tells the version of the kernel. Without a kernel in `/boot` nothing boots; Linux before 2.6.18 and Windows before Server 2003 have no drivers for the devices of an instance.",
  looksAt:
    "The kernels in `/boot`, newest first, or the build number in the SOFTWARE hive of Windows. The evidence is the kernel's file or the build.",
  mend: "Install the distribution's kernel on the host (`apt-get install linux-image-amd64`, `dnf install kernel`, `zypper install kernel-default`), or upgrade the guest. A guest whose `/boot` lies on a disk that was not given needs that disk too.",
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const windows = windowsGuest(input);
    if (windows) {
      if (windows.build === null || windows.build >= firstBuild) return [];
      return [
        {
          message: `Windows of build ${windows.build} is older than Windows Server 2003 and has no virtio drivers.`,
          hint: "Move the services to a newer Windows Server.",
          evidence: [fact("build", String(windows.build))],
        },
      ];
    }
    const guest = linuxGuest(input);
    if (guest === undefined) return [];
    const [newest] = guest.kernels;
    if (newest === undefined) {
      return [
        {
          message: "No kernel was found in /boot, so its virtio drivers could not be checked.",
          hint: "Check on the host that a kernel is installed and has virtio_blk and virtio_pci in its initramfs or built in.",
          evidence: [fact("kernels", "none")],
        },
      ];
    }
    if (!isOlder(newest.version, firstKernel)) return [];
    return [
      {
        message: `Kernel ${newest.version} is older than virtio, so the guest would find neither disk nor network on ECS.`,
        hint: "Install a newer kernel on the host, or move the services to a newer system.",
        evidence: [file(newest.path, newest.version)],
      },
    ];
  },
};

/** Whether a kernel's version is below another; false when it begins with no number. */
export function isOlder(version: string, than: readonly number[]): boolean {
  const numbers = (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
  if (!Number.isSafeInteger(numbers[0]) || numbers[0] === 0) return false;
  for (const [index, wanted] of than.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== wanted) return number < wanted;
  }
  return false;
}
