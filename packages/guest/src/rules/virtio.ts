import type { KernelFacts } from "../facts.ts";
import { fact, file, linuxGuest } from "./linux-guest.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const virtio: Rule = {
  id: "GUESTOS.Virtio",
  requirement: "The kernel finds the virtio drivers for its disk before the root file system is mounted.",
  profiles: { current: { severity: "blocker", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined) return [];
    const [newest] = guest.kernels;
    if (newest === undefined) {
      return [
        {
          message: "No kernel was found in /boot, so its virtio drivers could not be checked.",
          hint: "Check on the host that the kernel has virtio_blk and virtio_pci in its initramfs or built in.",
          evidence: [fact("kernels", "none")],
          severity: "warning",
        },
      ];
    }
    return [...diskDrivers(newest), ...networkDriver(newest)];
  },
};

function diskDrivers(kernel: KernelFacts): readonly RuleHit[] {
  const hits: RuleHit[] = [];
  for (const driver of ["virtio_blk", "virtio_pci"] as const) {
    const place = kernel.drivers[driver];
    if (place !== "module" && place !== "missing") continue;
    const evidence = [file(kernel.initramfs ?? kernel.path, `${driver}: ${place}`)];
    hits.push(
      place === "missing"
        ? {
            message: `Kernel ${kernel.version} has no ${driver} driver, so it would not find its disk on ECS.`,
            hint: "Install a kernel with virtio drivers.",
            evidence,
          }
        : {
            // ECS adds the driver at import for the usual distributions, so this may still boot.
            message: `Kernel ${kernel.version} has ${driver} as a module, but not in its initramfs, so it may not find its disk on ECS.`,
            hint: `Rebuild the initramfs on the host with ${driver} in it (dracut --add-drivers, or /etc/initramfs-tools/modules).`,
            evidence,
            severity: "warning",
          },
    );
  }
  return hits;
}

function networkDriver(kernel: KernelFacts): readonly RuleHit[] {
  if (kernel.drivers.virtio_net !== "missing") return [];
  return [
    {
      message: `Kernel ${kernel.version} has no virtio_net driver, so the guest would have no network on ECS.`,
      hint: "Install a kernel with virtio drivers.",
      evidence: [file(kernel.path, "virtio_net: missing")],
    },
  ];
}
