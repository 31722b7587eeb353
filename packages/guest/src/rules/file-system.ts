import { volumeName } from "../volumes/volume-name.ts";
import { place } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { importInstructions } from "./sources.ts";
import { volumesBesides } from "./volumes-besides.ts";

export const fileSystem: Rule = {
  id: "SAMPAN.FileSystem",
  requirement: "The guest's file systems are ext3, ext4 or XFS, with Windows NTFS.",
  why: "These are what ECS can look into when it checks, mends and grows an image. Others may boot; then nobody but the guest itself can help it. ext2 is allowed by the vendor's older tool; swap, FAT of an EFI system partition, LVM, RAID and encryption are other rules' business.",
  looksAt: "The signature of each volume of the system disk. The evidence is where the volume begins.",
  mend: "Test that the image boots. If it does not, move the guest to a plain file system: back up, format with `mkfs.ext4` or `mkfs.xfs`, restore.",
  profiles: { current: { severity: "warning", source: importInstructions } },
  fixup: null,
  check(input) {
    const odd = volumesBesides(input, ["ext2", "ext3", "ext4", "xfs", "ntfs", ...otherRules]);
    return odd.map((volume) => ({
      message: `${volumeName(volume)} is formatted with something else than ext3, ext4, XFS or NTFS, so ECS cannot check or mend it.`,
      hint: "Test that the image boots; move the guest to a plain file system if it does not.",
      evidence: [place(volume)],
    }));
  },
};

/** What rules of their own look at. */
const otherRules = ["lvm2", "luks", "linux_raid", "bitlocker"];
