import { fact } from "./guest-of.ts";
import { plan, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const bootMode: Rule = {
  id: "GUESTOS.BootMode",
  requirement: "The disk has a boot loader for BIOS or UEFI, and the import names the same.",
  why: "The API of ECS assumes BIOS unless the import says UEFI, and an instance type boots by the modes it has. The requirements page also names UEFI-Preferred, which the API's reference does not. Not a blocker: a loader can be where no rule looks, and ECS's own check fails no import for it either.",
  looksAt:
    "Boot code in the first sector, BIOS boot partitions, EFI system partitions. The evidence is the boot mode, or the kind of partition table where no loader was seen.",
  mend: steps(
    "A guest that boots by UEFI: `import()` takes the boot mode from the assessment; without an assessment say it, and choose an instance type that boots by UEFI.",
    plan('import({ name: "web-01", bootMode: "UEFI" })'),
    "A disk without a loader: install one on the host before capture.",
    shell(
      "grub-install /dev/sda && update-grub      # Debian, Ubuntu",
      "grub2-install /dev/sda && grub2-mkconfig -o /boot/grub2/grub.cfg",
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check({ inspection, disk }) {
    const { guest, layout } = inspection;
    if (!disk.system || guest === null || guest.bootMode === "BIOS") return [];
    if (guest.bootMode === "UEFI") {
      // aarch64 machines know no other mode, so there is nothing to choose.
      if (guest.architecture === "aarch64") return [];
      return [
        {
          message: "The guest boots by UEFI only, and ECS assumes BIOS unless told otherwise.",
          hint: 'Import with `bootMode: "UEFI"` (the default after an assessment) and choose an instance type that boots by UEFI.',
          evidence: [fact("bootMode", "UEFI")],
          severity: "info",
        },
      ];
    }
    return [
      {
        message:
          "The disk has neither boot code for BIOS nor an EFI system partition, so it will hardly boot.",
        hint: "Install a boot loader (for example `grub-install /dev/sda`) on the host, or give the disk that holds it.",
        evidence: [fact("partitionTable", layout.table.kind)],
      },
    ];
  },
};
