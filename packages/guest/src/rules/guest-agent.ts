import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheckTool } from "./sources.ts";

export const guestAgent: Rule = {
  id: "SAMPAN.GuestAgent",
  requirement: "qemu-guest-agent does not start at boot.",
  why: "ECS uses the channel that this agent would take for itself; the vendor's tool of 2020 wants it absent, because some services of ECS are out of reach otherwise.",
  looksAt: "Whether the unit or script of qemu-guest-agent starts at boot. The evidence is what starts it.",
  mend: steps(
    "On the host, before capture:",
    shell("systemctl disable qemu-guest-agent", "apt-get remove qemu-guest-agent     # or dnf, yum, zypper"),
  ),
  profiles: { current: { severity: "warning", source: imageCheckTool } },
  fixup: null,
  check(input) {
    const agent = linuxGuest(input)?.guestAgent;
    if (!agent?.enabledAtBoot) return [];
    return [
      {
        message: "qemu-guest-agent starts at boot and takes a channel that ECS needs.",
        hint: "Run `systemctl disable qemu-guest-agent` on the host, or uninstall it.",
        evidence: [file(agent.source, agent.name)],
      },
    ];
  },
};
