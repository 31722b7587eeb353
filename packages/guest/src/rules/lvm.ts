import { volumeName } from "../volumes/volume-name.ts";
import { place } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { marketplaceImage } from "./sources.ts";

export const lvm: Rule = {
  id: "SAMPAN.Lvm",
  requirement: "The system disk uses plain partitions rather than LVM.",
  why: "The vendor's documents disagree: the specification of images of 2026 excludes LVM, its migration service moves it. ECS cannot grow such a disk by itself, and its offline repair does not look into it.",
  looksAt: "LVM2 labels on the volumes of the system disk. The evidence is where the physical volume begins.",
  mend: "Test that the image boots. The initramfs must hold LVM (`dracut -f --add lvm`). To grow the root afterwards: `growpart /dev/vda 2 && pvresize /dev/vda2 && lvextend -r -l +100%FREE /dev/GROUP/ROOT`.",
  profiles: { current: { severity: "warning", source: marketplaceImage } },
  fixup: null,
  check({ inspection: { guest, layout }, disk }) {
    if (!disk.system || guest === null) return [];
    return layout.volumes
      .filter(({ fileSystem: fs }) => fs?.kind === "lvm2")
      .map((volume) => ({
        message: `${volumeName(volume)} belongs to LVM; ECS's pages disagree on whether that is supported.`,
        hint: "Test that the image boots; ECS cannot grow such a disk by itself.",
        evidence: [place(volume)],
      }));
  },
};
