import { fact, file, linuxGuest, windowsGuest } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const firewall: Rule = {
  id: "SAMPAN.Firewall",
  requirement: "No firewall of the guest's own starts at boot; security groups take its place.",
  why: "A firewall made for the old network may drop SSH, remote desktop or what ECS asks of the guest, and then only the console is left. The vendor's instructions ask for it to be off in 2017 and 2020; the image check of today no longer looks at it, which is why this warns and does not block.",
  looksAt:
    "Units, run-level links and upstart jobs of iptables, firewalld, ufw, nftables, SuSEfirewall2, shorewall; with Windows `EnableFirewall` of each profile. The evidence is the link or key.",
  mend: steps(
    "Linux, by what the distribution uses:",
    shell(
      "systemctl disable firewalld nftables netfilter-persistent",
      "ufw disable",
      "chkconfig iptables off && chkconfig ip6tables off",
    ),
    "Windows:",
    powershell(
      "netsh advfirewall set allprofiles state off",
      "netsh firewall set opmode disable     # Windows Server 2003",
    ),
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.4 Windows restrictions and Linux restrictions"),
    },
  },
  fixup: "firewall",
  check(input) {
    const windows = windowsGuest(input)?.firewall.filter((one) => one.enabled) ?? [];
    if (windows.length > 0) {
      return [
        {
          message: `The Windows firewall is on (${windows.map((one) => one.profile).join(", ")}) and may keep you from reaching the guest on ECS.`,
          hint: "On the host: `netsh advfirewall set allprofiles state off`, or make sure that it lets remote desktop in.",
          evidence: windows.map((one) => fact(one.source, "EnableFirewall: 1")),
          fixup: null,
        },
      ];
    }
    const enabled = linuxGuest(input)?.firewalls.filter((one) => one.enabledAtBoot) ?? [];
    return enabled.map((one) => ({
      message: `The firewall ${one.name} starts at boot and may keep you from reaching the guest on ECS.`,
      hint: `Switch ${one.name} off at boot (\`systemctl disable ${one.name}\` or \`chkconfig ${one.name} off\`) and use security groups.`,
      evidence: [file(one.source, one.name)],
    }));
  },
};
