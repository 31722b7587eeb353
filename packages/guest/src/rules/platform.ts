import { fact, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importImageApi, whitepaper } from "./sources.ts";

/** Families with a platform name of their own in ImportImage. */
const accepted: readonly string[] = [
  "alinux",
  "anolis",
  "centos",
  "ubuntu",
  "coreos",
  "sles",
  "opensuse",
  "debian",
  "rhel",
  "kylin",
  "uos",
  "fedora",
  "almalinux",
  "rocky",
  "gentoo",
];

export const platform: Rule = {
  id: "GUESTOS.Platform",
  requirement: "ECS knows the distribution by name.",
  profiles: {
    current: { severity: "warning", source: importImageApi },
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.1 Operating system of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || accepted.includes(guest.family)) return [];
    return [
      {
        message: `ECS has no platform named after ${guest.name}; it imports as "Others Linux", and ECS will not set its network, password or keys.`,
        hint: "Install cloud-init in the guest before capture, or set network and access by hand after the first boot.",
        evidence: [fact("family", guest.family)],
      },
    ];
  },
};
