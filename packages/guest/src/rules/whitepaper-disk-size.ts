import { formatBytes, GiB } from "@sampan/core";
import { fact } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { whitepaper } from "./sources.ts";

export const whitepaperDiskSize: Rule = {
  id: "SAMPAN.WhitepaperDiskSize",
  requirement: "The system disk is no larger than 500 GB.",
  why: "The whitepaper's limit of 2017, for hosts on ECS and elsewhere alike. The console counts in units of 1,024, so 500 GB are taken to be 500 GiB.",
  looksAt: "The size of the system disk inside the image. The evidence is that size.",
  mend: "Assess with the profile `current`: ECS takes up to 2,048 GiB today.",
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
