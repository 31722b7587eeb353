import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck, whitepaper } from "./sources.ts";

export const selinux: Rule = {
  id: "GUESTOS.Selinux",
  requirement: "SELinux is disabled.",
  why: "What ECS changes at the import, and what it injects at the first boot, bears no SELinux labels; an enforcing guest may refuse to start from it. The vendor recommends to disable it, in 2017 as today.",
  looksAt: "`SELINUX=` in `/etc/selinux/config`, the last assignment. The evidence is that file.",
  mend: steps(
    "On the host, or by the fix-up on the copy; it takes effect with the next boot:",
    shell("sed -i 's/^SELINUX=.*/SELINUX=disabled/' /etc/selinux/config"),
    "Switching it on again on ECS needs a relabelling: `touch /.autorelabel` and a restart.",
  ),
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
