import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const ipv6: Rule = {
  id: "SAMPAN.Ipv6",
  requirement: "No IPv6 address is configured.",
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Other restrictions") },
  },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || guest.ipv6Disabled === true) return [];
    return guest.interfaces
      .filter((one) => one.ipv6.length > 0)
      .map((one) => ({
        message: `${one.name} has IPv6 configured (${one.ipv6.join(", ")}), which an imported image must not have.`,
        hint: "Remove the IPv6 settings before capture; ECS assigns its own.",
        evidence: [file(one.source, `${one.name}: ${one.ipv6.join(", ")}`)],
      }));
  },
};
