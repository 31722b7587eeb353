import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const securityCenterAgent: Rule = {
  id: "GUESTOS.SecurityCenterAgent",
  requirement: "Where the agent of Security Center is installed, it starts at boot.",
  why: "Security Center watches an instance through this agent. A host from elsewhere does not have it: ECS's own check then suggests it, and it can be installed once the instance runs, so its absence is no finding here. An agent that is there and does not start leaves the instance unwatched while it looks protected.",
  looksAt:
    "The service `aegis` of a Linux guest, and whether it starts at boot. The evidence is its unit or script.",
  mend: steps(
    "On the host, before capture, or on the instance:",
    shell("systemctl enable aegis.service", "chkconfig aegis on     # without systemd"),
  ),
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const agent = linuxGuest(input)?.cloudAgents.securityCenter;
    if (agent == null || agent.enabledAtBoot) return [];
    return [
      {
        message:
          "The agent of Security Center is installed but does not start at boot, so the instance goes unwatched.",
        hint: "Run `systemctl enable aegis.service` on the host, or uninstall the agent.",
        evidence: [file(agent.source, agent.name)],
      },
    ];
  },
};
