import { volumeName } from "../volumes/volume-name.ts";
import { fact } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck, whitepaper } from "./sources.ts";

export const systemImage: Rule = {
  id: "GUESTOS.SystemImage",
  requirement: "The system disk holds an operating system.",
  profiles: {
    current: { severity: "blocker", source: imageCheck },
    "whitepaper-2017": {
      severity: "blocker",
      source: whitepaper("§3.1 Operating system of the migrated server host"),
    },
  },
  fixup: null,
  check({ inspection, disk }) {
    if (!disk.system || inspection.guest !== null) return [];
    const { volumes, table } = inspection.layout;
    const seen = volumes.map(volumeName).join(", ");
    const hidden = volumes.filter((volume) => opaque.has(volume.fileSystem?.kind ?? ""));
    return [
      hidden.length > 0
        ? {
            message: `No operating system could be seen: ${hidden.map(volumeName).join(", ")} cannot be looked into.`,
            hint: 'If you know that the disk boots, accept this by id with a reason: `assess({ accept: { "GUESTOS.SystemImage": "…" } })`.',
            evidence: [fact("volumes", seen)],
          }
        : {
            message: "The disk holds no operating system, so nothing can be started from its image.",
            hint: "Give the system disk of the host; `sampan inspect` lists what is on this one.",
            evidence: [
              fact(
                "volumes",
                seen === "" ? `${table.kind === "none" ? "no" : "an empty"} partition table` : seen,
              ),
            ],
          },
    ];
  },
};

const opaque = new Set(["xfs", "btrfs", "ntfs", "lvm2", "luks", "linux_raid", "zfs", "ext"]);
