import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck, whitepaper } from "./sources.ts";

export const selinux: Rule = {
  id: "GUESTOS.Selinux",
  requirement: "SELinux is disabled.",
  profiles: {
    current: { severity: "warning", source: imageCheck },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: "selinux",
  check(input) {
    const facts = linuxGuest(input)?.selinux;
    if (facts?.source == null || facts.configured === null || facts.configured === "disabled") return [];
    return [
      {
        message: `SELinux is ${facts.configured}; on ECS it can keep the guest from booting or from being reached.`,
        hint: "Set SELINUX=disabled in /etc/selinux/config.",
        evidence: [file(facts.source, `SELINUX=${facts.configured}`)],
      },
    ];
  },
};
