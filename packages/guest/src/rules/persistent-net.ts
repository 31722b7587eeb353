import { file, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { engineering } from "./sources.ts";

export const persistentNet: Rule = {
  id: "SAMPAN.PersistentNet",
  requirement: "No udev rule ties the name of a network interface to the old machine's hardware.",
  why: "The card of an instance has an address of its own. A rule that keeps `eth0` for the old card makes the new one `eth1`, for which nothing is configured: the guest boots without network.",
  looksAt: "Rules with a hardware address in `/etc/udev/rules.d`. The evidence is file and line.",
  mend: steps(
    "On the host, right before capture, or by hand on the copy:",
    shell(
      "rm -f /etc/udev/rules.d/70-persistent-net.rules",
      "sed -i '/^HWADDR=/d' /etc/sysconfig/network-scripts/ifcfg-eth*",
    ),
  ),
  profiles: { current: { severity: "warning", source: engineering } },
  fixup: "persistent-net",
  check(input) {
    const found = linuxGuest(input)?.persistentNetRules ?? [];
    return found.map(({ source, line, name, macAddress }) => ({
      message: `The name ${name} is kept for ${macAddress === null ? "a card of the old machine" : `the card ${macAddress} of the old machine`}, so the card on ECS gets another.`,
      hint: `Remove line ${line} of ${source}.`,
      evidence: [file(source, `${name} ${macAddress ?? ""}`.trim(), line)],
    }));
  },
};
