import { volumeName } from "../volumes/volume-name.ts";
import { fact } from "./guest-of.ts";
import { plan, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck, whitepaper } from "./sources.ts";

export const systemImage: Rule = {
  id: "GUESTOS.SystemImage",
  requirement: "The system disk holds an operating system.",
  why: "ECS starts an instance from the image. A disk of data, an empty one or an installation medium (ISO) imports without an error and then starts nothing.",
  looksAt:
    "The volumes of the disk: one of them must hold the root of a Linux or the system folder of a Windows guest. The evidence names the volumes that were seen.",
  mend: steps(
    "Give the disk that the host boots from; `sampan inspect FILE` lists what is on one. Where the root lies on something that cannot be looked into and you know that the disk boots, accept the finding:",
    plan('assess({ accept: { "GUESTOS.SystemImage": "the root is encrypted by LUKS; booted in a test" } })'),
  ),
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
            message: `No operating system could be seen on ${hidden.map(volumeName).join(", ")}.`,
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

/** Kinds that may hold a guest that was not seen. */
const opaque = new Set(["xfs", "btrfs", "ntfs", "bitlocker", "lvm2", "luks", "linux_raid", "zfs", "ext"]);
