import type { LinuxFacts } from "../facts.ts";
import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheckTool, whitepaper } from "./sources.ts";

export const networkManager: Rule = {
  id: "SAMPAN.NetworkManager",
  requirement: "NetworkManager does not start at boot.",
  why: "Its connections are tied to the old machine's network card, and ECS writes its settings where other services look. The vendor's tool of 2020 asks for it to be off. Distributions whose only network service it is (RHEL 8 and its rebuilds, Fedora, openEuler, Anolis) are run by the vendor with NetworkManager today, so there it is only told.",
  looksAt:
    "Whether the unit or script of NetworkManager starts at boot. The evidence is the link that starts it.",
  mend: steps(
    "First let another service bring the interface up by DHCP, then switch it off:",
    shell(
      "systemctl disable NetworkManager && systemctl enable network        # RHEL, CentOS 7",
      "chkconfig NetworkManager off && chkconfig network on                # RHEL, CentOS 6",
      "systemctl disable NetworkManager && systemctl enable systemd-networkd",
    ),
  ),
  profiles: {
    current: { severity: "warning", source: imageCheckTool },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Linux restrictions") },
  },
  fixup: "network-manager",
  check(input, profile) {
    const guest = linuxGuest(input);
    const service = guest?.networkManager;
    if (guest === undefined || !service?.enabledAtBoot) return [];
    return [
      {
        message:
          "NetworkManager starts at boot; it keeps connections of the old machine and can leave the guest without network.",
        hint: "Once another service brings the interface up by DHCP: `systemctl disable NetworkManager`.",
        evidence: [file(service.source, service.name)],
        ...(profile === "current" && knowsNoOther(guest) ? { severity: "info" as const } : {}),
      },
    ];
  },
};

/** Distributions that ship no other network service, each with the first such version. */
const onlyService: Readonly<Record<string, number>> = {
  rhel: 8,
  centos: 8,
  "centos-stream": 8,
  rocky: 8,
  almalinux: 8,
  oracle: 8,
  anolis: 8,
  alinux: 3,
  openeuler: 20,
  kylin: 10,
  fedora: 29,
};

function knowsNoOther({ family, major }: LinuxFacts): boolean {
  const first = onlyService[family];
  return first !== undefined && (major === null || major >= first);
}
