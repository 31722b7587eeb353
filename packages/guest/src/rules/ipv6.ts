import { fact, file } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const ipv6: Rule = {
  id: "SAMPAN.Ipv6",
  requirement: "No IPv6 address is configured.",
  why: "An image must not bring IPv6 addresses along: those of the old network lead nowhere on ECS, and programs that prefer them wait. A VPC with IPv6 hands out its own afterwards.",
  looksAt:
    "Configured IPv6 addresses and methods of each interface; nothing is found where IPv6 is switched off for the whole guest. The evidence is the file or key. Windows keeps fixed addresses of IPv6 in a store that is not read from a disk, so with Windows this is told of live hosts only.",
  mend: steps(
    "Linux:",
    shell(
      "printf 'net.ipv6.conf.all.disable_ipv6 = 1\\nnet.ipv6.conf.default.disable_ipv6 = 1\\n' > /etc/sysctl.d/90-no-ipv6.conf",
      "sed -i '/^IPV6/d' /etc/sysconfig/network-scripts/ifcfg-eth0",
    ),
    "Windows; it takes effect with the next start:",
    powershell(
      "reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters /v DisabledComponents /t REG_DWORD /d 0xff /f",
    ),
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Other restrictions") },
  },
  fixup: "ipv6",
  check({ inspection: { guest }, disk }) {
    if (guest === null || !disk.system) return [];
    if (guest.type === "linux" && guest.ipv6Disabled === true) return [];
    return guest.interfaces
      .filter((one) => one.ipv6.length > 0)
      .map((one): RuleHit => {
        const text = `${one.name}: ${one.ipv6.join(", ")}`;
        const message = `${one.name} has IPv6 configured (${one.ipv6.join(", ")}), which an imported image must not have.`;
        return guest.type === "windows"
          ? {
              message,
              hint: "On the host: `reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters /v DisabledComponents /t REG_DWORD /d 0xff /f`.",
              evidence: [fact(one.source, text)],
              fixup: null,
            }
          : {
              message,
              hint: `Remove the IPv6 settings from ${one.source} before capture; ECS assigns its own.`,
              evidence: [file(one.source, text)],
            };
      });
  },
};
