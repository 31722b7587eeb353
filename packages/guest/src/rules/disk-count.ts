import { fact } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { importImageApi } from "./sources.ts";

export const diskCount: Rule = {
  id: "SAMPAN.DiskCount",
  requirement: "The host has one system disk and at most 16 data disks.",
  why: "ImportImage takes 17 disks and leaves out the rest without an error.",
  looksAt: "How many disks the host has. The evidence is that number.",
  mend: 'Choose which disks to capture (`capture({ disks: ["/dev/sda", "/dev/sdb"] })`; without names the system disk alone), accept this finding, and move the others by a second image or by file synchronisation.',
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
