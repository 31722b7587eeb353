import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheckTool, whitepaper } from "./sources.ts";

export const firewall: Rule = {
  id: "SAMPAN.Firewall",
  requirement: "No firewall of the guest's own starts at boot; security groups take its place.",
  profiles: {
    current: { severity: "warning", source: imageCheckTool },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: "firewall",
  check(input) {
    const enabled = linuxGuest(input)?.firewalls.filter((one) => one.enabledAtBoot) ?? [];
    return enabled.map((one) => ({
      message: `The firewall ${one.name} starts at boot and may keep you from reaching the guest on ECS.`,
      hint: `Switch ${one.name} off at boot and use security groups.`,
      evidence: [file(one.source, one.name)],
    }));
  },
};
