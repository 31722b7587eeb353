import { formatBytes } from "@sampan/core";
import { fact, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { migrationDrill } from "./sources.ts";

/** Share in use from which the vendor's own drill speaks up. */
const full = 0.99;

export const diskUse: Rule = {
  id: "SAMPAN.DiskUse",
  requirement: "No file system of the system is more than 99 % full, in bytes or in inodes.",
  why: "The first boot on ECS writes: keys, logs, what cloud-init sets. A full root keeps services from starting. The vendor's migration drill draws the line at 99 %.",
  looksAt:
    "Blocks and inodes in use, as the superblock of each mounted file system tells. The evidence is both numbers.",
  mend: steps(
    "On the host, before capture:",
    shell(
      "df -h && df -i",
      "journalctl --vacuum-size=100M",
      "apt-get clean     # or dnf clean all, zypper clean",
    ),
  ),
  profiles: { current: { severity: "warning", source: migrationDrill } },
  fixup: null,
  check(input) {
    const hits: RuleHit[] = [];
    for (const { mountPoint, sizeBytes, usedBytes, inodes } of linuxGuest(input)?.use ?? []) {
      if (sizeBytes > 0 && usedBytes / sizeBytes > full) {
        hits.push({
          message: `${mountPoint} is full: ${formatBytes(usedBytes)} of ${formatBytes(sizeBytes)} are in use.`,
          hint: "Make room on the host before capture.",
          evidence: [fact(mountPoint, `${usedBytes} of ${sizeBytes} bytes`)],
        });
      }
      if (inodes !== null && inodes.total > 0 && inodes.used / inodes.total > full) {
        hits.push({
          message: `${mountPoint} has no inodes left: ${inodes.used} of ${inodes.total} are in use.`,
          hint: "Remove small files on the host before capture; `df -i` shows the use.",
          evidence: [fact(mountPoint, `${inodes.used} of ${inodes.total} inodes`)],
        });
      }
    }
    return hits;
  },
};
