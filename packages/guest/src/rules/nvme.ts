import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const nvme: Rule = {
  id: "GUESTOS.Nvme",
  requirement:
    "The kernel finds the NVMe driver before the root file system is mounted, for instance families that need it.",
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const kernel = linuxGuest(input)?.kernels[0];
    const place = kernel?.drivers.nvme;
    if (kernel === undefined || (place !== "module" && place !== "missing")) return [];
    return [
      {
        message: `Kernel ${kernel.version} has no NVMe driver in its initramfs; the newest instance families cannot start it.`,
        hint: "Rebuild the initramfs with the nvme module, or choose a family with virtio disks.",
        evidence: [file(kernel.initramfs ?? kernel.path, `nvme: ${place}`)],
      },
    ];
  },
};
