import { fact } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importImageApi, whitepaper } from "./sources.ts";

export const diskCount: Rule = {
  id: "SAMPAN.DiskCount",
  requirement: "The host has one system disk and at most 16 data disks.",
  profiles: { current: { severity: "blocker", source: importImageApi } },
  fixup: null,
  check({ disk, diskCount: count }) {
    if (!disk.system || count <= 17) return [];
    return [
      {
        message: `The host has ${count} disks; ECS imports 17 and silently leaves out the rest.`,
        hint: "Choose which disks to capture, and move the others on their own.",
        evidence: [fact("diskCount", String(count))],
      },
    ];
  },
};

export const whitepaperDiskCount: Rule = {
  id: "SAMPAN.SystemDiskOnly",
  requirement: "Only the system disk is migrated.",
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.3 Disk and space usage of the migrated server"),
    },
  },
  fixup: null,
  check({ disk, diskCount: count }) {
    if (!disk.system || count <= 1) return [];
    return [
      {
        message: `The host has ${count} disks; the whitepaper's way migrates the system disk only.`,
        hint: "Move the data of the other disks by file synchronisation.",
        evidence: [fact("diskCount", String(count))],
      },
    ];
  },
};
