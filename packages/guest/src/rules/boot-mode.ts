import { fact, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const bootMode: Rule = {
  id: "GUESTOS.BootMode",
  requirement: "The disk has a boot loader for BIOS or UEFI, and the import names the same.",
  // No blocker: a loader can be where no rule looks, and the vendor's own check does not fail an import for it either.
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || guest.bootMode === "BIOS") return [];
    const { table } = input.inspection.layout;
    if (guest.bootMode === "UEFI") {
      return [
        {
          message: "The guest boots by UEFI only, and ECS assumes BIOS unless told otherwise.",
          hint: 'Import with `bootMode: "UEFI"` and choose an instance type that boots by UEFI.',
          evidence: [fact("bootMode", "UEFI")],
          severity: "info",
        },
      ];
    }
    return [
      {
        message:
          "The disk has neither boot code for BIOS nor an EFI system partition, so it will hardly boot.",
        hint: "Install a boot loader (for example `grub-install`) on the host, or give the disk that holds it.",
        evidence: [fact("partitionTable", table.kind)],
      },
    ];
  },
};
