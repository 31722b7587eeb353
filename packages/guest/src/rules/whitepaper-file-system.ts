import { volumeName } from "../volumes/volume-name.ts";
import { place } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { whitepaper } from "./sources.ts";
import { volumesBesides } from "./volumes-besides.ts";

export const whitepaperFileSystem: Rule = {
  id: "SAMPAN.WhitepaperFileSystem",
  requirement: "The guest's file systems are NTFS with Windows, ext3 or ext4 with Linux.",
  why: "These are the types the whitepaper names in §3.2. Logical volumes are judged by what they hold.",
  looksAt: "The signature of each volume of the system disk. The evidence is where the volume begins.",
  mend: "Assess with the profile `current`: ECS takes XFS today.",
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.2 File system type of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    const windows = input.inspection.guest?.type === "windows";
    const good = windows ? "NTFS" : "ext3 or ext4";
    // A physical volume is no file system; what lies on it is a volume of its own.
    return volumesBesides(input, windows ? ["ntfs"] : ["ext3", "ext4", "lvm2"]).map((volume) => ({
      message: `${volumeName(volume)} is formatted with something else than ${good}, which is what the whitepaper takes.`,
      hint: "Assess with the profile `current`: ECS takes XFS today.",
      evidence: [place(volume)],
    }));
  },
};
