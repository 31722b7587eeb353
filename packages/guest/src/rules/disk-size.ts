import { formatBytes, GiB } from "@sampan/core";
import { fact } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importImageApi, whitepaper } from "./sources.ts";

export const diskSize: Rule = {
  id: "SAMPAN.DiskSize",
  requirement: "The disk is no larger than 2,048 GiB.",
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

export const whitepaperDiskSize: Rule = {
  id: "SAMPAN.WhitepaperDiskSize",
  requirement: "The system disk is no larger than 500 GB.",
  profiles: {
    "whitepaper-2017": {
      severity: "blocker",
      source: whitepaper("§3.3 Disk and space usage of the migrated server"),
    },
  },
  fixup: null,
  check({ disk }) {
    if (!disk.system || disk.sizeBytes <= 500 * GiB) return [];
    return [
      {
        message: `The system disk of ${formatBytes(disk.sizeBytes)} is larger than the whitepaper's 500 GB.`,
        hint: "Assess with the profile `current`: ECS takes up to 2,048 GiB today.",
        evidence: [fact("sizeBytes", String(disk.sizeBytes))],
      },
    ];
  },
};
