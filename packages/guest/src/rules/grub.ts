import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importRequirements } from "./sources.ts";

export const grub: Rule = {
  id: "GUESTOS.Grub",
  requirement: "The boot loader names the root file system by UUID, and that volume is on the disk.",
  why: "The kernel is told by its argument `root=` where its root lies. `/dev/sda1` is called otherwise on ECS, and a UUID that no volume has leaves the kernel without a root: it stops before any service runs.",
  looksAt:
    "The `root=` of each Linux entry in GRUB 2, GRUB legacy, BLS entries, extlinux, systemd-boot and LILO. The evidence is file and line.",
  mend: steps(
    "Name the root by UUID, and let the distribution write its configuration anew:",
    shell(
      "blkid -s UUID -o value /dev/sda1",
      "sed -i 's|root=/dev/sda1|root=UUID=0b9ff2a5-5d5c-4c9e-9bd2-1d1a7f0b1f6e|' /boot/grub/menu.lst     # GRUB legacy",
      "update-grub                                        # Debian, Ubuntu; GRUB_DISABLE_LINUX_UUID must not be true",
      "grub2-mkconfig -o /boot/grub2/grub.cfg             # RHEL, CentOS 7, SUSE",
      'grubby --update-kernel=ALL --args="root=UUID=…"    # BLS entries: RHEL 8 and later, Fedora',
    ),
  ),
  profiles: { current: { severity: "warning", source: importRequirements } },
  fixup: "grub-root",
  check(input) {
    const loaders = linuxGuest(input)?.bootLoaders ?? [];
    return loaders.flatMap(({ source, roots }) =>
      roots.flatMap(({ device, naming, resolved, line }) => {
        const evidence = [file(source, `root=${device}`, line)];
        if (resolved === false) {
          return [
            {
              message: `The boot loader looks for the root on ${device}, which is not on this disk.`,
              hint: `Give root= in ${source} the UUID of the root file system, which \`blkid\` tells.`,
              evidence,
              // A name that counts disks is mended to the root that was found; a UUID of elsewhere may be meant.
              ...(naming === "device" ? {} : { fixup: null }),
            },
          ];
        }
        return naming === "device"
          ? [
              {
                message: `The boot loader names the root ${device}, a name that changes on ECS.`,
                hint: `Give root= in ${source} the UUID of the root file system, which \`blkid\` tells.`,
                evidence,
              },
            ]
          : [];
      }),
    );
  },
};
