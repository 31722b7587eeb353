import { fact, file } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const interfaces: Rule = {
  id: "SAMPAN.Interfaces",
  requirement: "One network interface is configured.",
  why: "An instance starts with one network card. A guest that waits for a second one boots slowly, or sends its answers the wrong way.",
  looksAt:
    "What configures the interfaces of the guest; one that is described twice, by an old and a new tool, counts once. Windows remembers cards that are gone, so there the profile `current` only tells. The evidence is each file or key.",
  mend: steps(
    "Remove the configuration of the others before capture, and attach further interfaces on ECS afterwards:",
    shell(
      "rm /etc/sysconfig/network-scripts/ifcfg-eth1",
      "rm /etc/network/interfaces.d/eth1",
      "nmcli connection delete eth1",
    ),
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Other restrictions") },
  },
  fixup: null,
  check({ inspection: { guest }, disk }, profile) {
    const all = disk.system ? (guest?.interfaces ?? []) : [];
    const names = [...new Set(all.map((one) => one.name))];
    if (names.length <= 1) return [];
    return [
      {
        message: `${names.length} network interfaces are configured (${names.join(", ")}); an image starts with one.`,
        hint: "Remove the others before capture and attach further interfaces on ECS afterwards.",
        evidence: all.map((one) =>
          guest?.type === "windows" ? fact(one.source, one.name) : file(one.source, one.name),
        ),
        ...(guest?.type === "windows" && profile === "current" ? { severity: "info" as const } : {}),
      },
    ];
  },
};
