import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { importRequirements, whitepaper } from "./sources.ts";

/** Options with which an entry that cannot be mounted does not stop the boot. */
const harmless = ["nofail", "noauto"];

export const fstab: Rule = {
  id: "GUESTOS.Fstab",
  requirement: "Every entry of fstab names a volume of the captured disk, by UUID.",
  profiles: {
    current: { severity: "warning", source: importRequirements },
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§5.1 Check and preparations before image export"),
    },
  },
  fixup: "fstab",
  check(input) {
    const hits: RuleHit[] = [];
    for (const entry of linuxGuest(input)?.fstab ?? []) {
      const where =
        entry.mountPoint === "none" || entry.mountPoint === "swap" ? entry.type : entry.mountPoint;
      const evidence = [
        file(
          "/etc/fstab",
          `${entry.device} ${entry.mountPoint} ${entry.type} ${entry.options.join(",")}`,
          entry.line,
        ),
      ];
      if (entry.resolved === false && !entry.options.some((option) => harmless.includes(option))) {
        hits.push({
          message: `${where} is to be mounted from ${entry.device}, which is not on this disk; the boot would stop there.`,
          hint: "Remove the line from /etc/fstab or give it the option nofail.",
          evidence,
        });
      } else if (entry.naming === "device" && entry.resolved) {
        hits.push({
          message: `${where} is mounted from ${entry.device}, a name that changes on ECS.`,
          hint: "Name the volume by UUID in /etc/fstab.",
          evidence,
        });
      }
    }
    return hits;
  },
};
