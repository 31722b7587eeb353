import { fact } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { whitepaper } from "./sources.ts";

export const systemDiskOnly: Rule = {
  id: "SAMPAN.SystemDiskOnly",
  requirement: "Only the system disk is migrated, unless the host is on ECS already.",
  why: "The whitepaper migrates the system disk alone from data centres, virtualization platforms and other clouds, and has the data of other disks follow by file synchronisation. A host that is on ECS takes its data disks along.",
  looksAt: "How many disks the host has, and where it runs. The evidence is that number.",
  mend: steps(
    "Once the instance runs, attach empty data disks and fill them from the host:",
    shell("rsync -aHAX --numeric-ids --delete /data/ root@INSTANCE:/data/"),
  ),
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.3 Disk and space usage of the migrated server"),
    },
  },
  fixup: null,
  check({ disk, diskCount: count, origin = "other" }) {
    if (!disk.system || count <= 1 || origin === "ecs") return [];
    return [
      {
        message: `The host has ${count} disks; the whitepaper's way migrates the system disk only.`,
        hint: "Move the data of the other disks by file synchronisation: `rsync -aHAX /data/ root@INSTANCE:/data/`.",
        evidence: [fact("diskCount", String(count))],
      },
    ];
  },
};
