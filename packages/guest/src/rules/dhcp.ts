import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const dhcp: Rule = {
  id: "GUESTOS.Dhcp",
  requirement: "The network interface takes its address by DHCP.",
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const interfaces = linuxGuest(input)?.interfaces ?? [];
    const fixed = interfaces.filter((one) => one.method === "static");
    if (fixed.length === 0 || interfaces.some((one) => one.method === "dhcp")) return [];
    return fixed.map((one) => ({
      message: `${one.name} has a fixed address, which will not be the guest's address on ECS.`,
      hint: "Set the interface to DHCP before capture.",
      evidence: [file(one.source, `${one.name}: ${one.method}`)],
    }));
  },
};
