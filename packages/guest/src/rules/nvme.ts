import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const nvme: Rule = {
  id: "GUESTOS.Nvme",
  requirement:
    "The kernel finds the NVMe driver before the root file system is mounted, for instance families that need it.",
  why: "Families such as ecs.g7se, c8i and r9i attach disks by NVMe and start only images that are declared to support it. `import()` declares it when every kernel finds the driver in time.",
  looksAt:
    "The initramfs of the newest kernel, what is built into it, and its modules. The evidence is the initramfs.",
  mend: steps(
    "Needed only for such families. On the host, before capture:",
    shell(
      'dracut -f --add-drivers nvme --kver "$(uname -r)"',
      "echo nvme >> /etc/initramfs-tools/modules && update-initramfs -u     # Debian, Ubuntu",
    ),
  ),
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const kernel = linuxGuest(input)?.kernels[0];
    const place = kernel?.drivers.nvme;
    if (kernel === undefined || (place !== "module" && place !== "missing")) return [];
    return [
      {
        message: `Kernel ${kernel.version} has no NVMe driver in its initramfs; the newest instance families cannot start it.`,
        hint: "Rebuild the initramfs with the nvme module (`dracut -f --add-drivers nvme`), or choose a family with virtio disks.",
        evidence: [file(kernel.initramfs ?? kernel.path, `nvme: ${place}`)],
      },
    ];
  },
};
