import { formatBytes, GiB } from "@sampan/core";
import { fact } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importImageApi } from "./sources.ts";

export const diskSize: Rule = {
  id: "SAMPAN.DiskSize",
  requirement: "The disk has 1 to 2,048 GiB.",
  why: "ImportImage takes system and data disks of 1 to 2,048 GiB, and none smaller than the disk in the image. A smaller disk becomes one of 1 GiB. The vendor recommends system disks of 20 GiB or more.",
  looksAt: "The size of the disk inside the image, whatever the file's own size. The evidence is that size.",
  mend: steps(
    "Shrink the file system, then its partition, then the disk, on a copy; or move the data by file synchronisation:",
    shell("resize2fs /dev/sdb1 200G", "qemu-img resize --shrink disk.raw 250G"),
  ),
  profiles: { current: { severity: "blocker", source: importImageApi } },
  fixup: null,
  check({ disk }) {
    const evidence = [fact("sizeBytes", String(disk.sizeBytes))];
    if (disk.sizeBytes > 2048 * GiB) {
      return [
        {
          message: `The disk of ${formatBytes(disk.sizeBytes)} is larger than the 2,048 GiB ECS takes.`,
          hint: "Shrink the disk before capture, or move its data by file synchronisation.",
          evidence,
        },
      ];
    }
    if (disk.sizeBytes >= GiB) return [];
    return [
      {
        message: `The disk of ${formatBytes(disk.sizeBytes)} is smaller than the least ECS gives; it becomes a disk of 1 GiB or more.`,
        hint: "Nothing needs to be done.",
        evidence,
        severity: "info",
      },
    ];
  },
};
