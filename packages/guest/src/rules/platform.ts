import { fact, linuxGuest } from "./guest-of.ts";
import { plan, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importImageApi } from "./sources.ts";

/** Families with a platform name of their own in ImportImage. */
const accepted: readonly string[] = [
  "alinux",
  "anolis",
  "centos",
  "centos-stream",
  "ubuntu",
  "coreos",
  "fedora-coreos",
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
  why: "ECS sets network, password and keys by the ways of the platform named at the import. Of a distribution without a name of its own (`Others Linux`) it knows no ways. Every Windows has a platform name.",
  looksAt:
    "The family that `/etc/os-release` or the older release files name, against the platform names of ImportImage. The evidence is that family.",
  mend: steps(
    "Install cloud-init on the host before capture, which does the same on any distribution; or set network and access by hand after the first boot. A distribution that is a rebuild of another can be imported under its name:",
    plan('import({ name: "web-01", platform: "CentOS" })'),
  ),
  profiles: { current: { severity: "warning", source: importImageApi } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || accepted.includes(guest.family)) return [];
    return [
      {
        message: `ECS has no platform named after ${guest.name}; it imports as "Others Linux", and ECS will not set its network, password or keys.`,
        hint: "Install cloud-init in the guest before capture, or set network and access by hand after the first boot.",
        evidence: [fact("family", guest.family)],
        ...(guest.cloudInit.installed ? { severity: "info" as const } : {}),
      },
    ];
  },
};
