import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheckTool, whitepaper } from "./sources.ts";

export const networkManager: Rule = {
  id: "SAMPAN.NetworkManager",
  requirement: "NetworkManager does not start at boot.",
  profiles: {
    current: { severity: "warning", source: imageCheckTool },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: "network-manager",
  check(input) {
    const service = linuxGuest(input)?.networkManager;
    if (!service?.enabledAtBoot) return [];
    return [
      {
        message:
          "NetworkManager starts at boot; it keeps connections of the old machine and can leave the guest without network.",
        hint: "Switch NetworkManager off at boot once another service brings the interface up by DHCP.",
        evidence: [file(service.source, service.name)],
      },
    ];
  },
};
