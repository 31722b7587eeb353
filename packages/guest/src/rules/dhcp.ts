import { fact, file } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const dhcp: Rule = {
  id: "GUESTOS.Dhcp",
  requirement: "The network interface takes its address by DHCP.",
  why: "An instance gets its private address from the VPC by DHCP. A guest with a fixed address of its old network cannot be reached on ECS. ECS's own item is for Linux; for Windows it holds in the same way.",
  looksAt:
    "What configures the interfaces: ifupdown, `ifcfg-*`, netplan, systemd-networkd, keyfiles of NetworkManager; with Windows the interfaces of `Tcpip\\Parameters`. One interface by DHCP is enough. The evidence is the file or key.",
  mend: steps(
    "Linux, by what the distribution uses:",
    shell(
      "sed -i 's/^BOOTPROTO=.*/BOOTPROTO=dhcp/; /^IPADDR\\|^NETMASK\\|^PREFIX\\|^GATEWAY/d' /etc/sysconfig/network-scripts/ifcfg-eth0",
      "printf 'auto eth0\\niface eth0 inet dhcp\\n' > /etc/network/interfaces.d/eth0",
      "netplan set ethernets.eth0.dhcp4=true",
      "nmcli connection modify eth0 ipv4.method auto ipv4.addresses '' ipv4.gateway ''",
    ),
    "Windows:",
    powershell(
      'netsh interface ip set address name="Ethernet" source=dhcp',
      'netsh interface ip set dns name="Ethernet" source=dhcp',
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: "dhcp",
  check({ inspection: { guest }, disk }) {
    if (guest === null || !disk.system) return [];
    const fixed = guest.interfaces.filter((one) => one.method === "static");
    if (fixed.length === 0 || guest.interfaces.some((one) => one.method === "dhcp")) return [];
    return fixed.map((one): RuleHit => {
      const message = `${one.name} has a fixed address, which will not be the guest's address on ECS.`;
      if (guest.type === "windows") {
        const hint = `On the host: \`netsh interface ip set address name="${one.name}" source=dhcp\`.`;
        return { message, hint, evidence: [fact(one.source, `${one.name}: static`)], fixup: null };
      }
      const hint = `Set ${one.name} to DHCP in ${one.source} before capture.`;
      return { message, hint, evidence: [file(one.source, `${one.name}: ${one.method}`)] };
    });
  },
};
