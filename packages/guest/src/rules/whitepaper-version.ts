import type { LinuxFacts, WindowsFacts } from "../facts.ts";
import { fact, linuxGuest, windowsGuest } from "./guest-of.ts";
import type { Rule, RuleHit } from "./rule.ts";
import { whitepaper } from "./sources.ts";
import { type WindowsEdition, windowsEdition, windowsRelease } from "./windows-release.ts";

/** Linux versions the whitepaper names in §3.1. CoreOS is counted apart. */
const linuxVersions: Readonly<Record<string, readonly string[]>> = {
  rhel: ["5", "6", "7"],
  centos: ["5", "6", "7"],
  ubuntu: ["10", "12", "13", "14"],
  debian: ["6", "7"],
  opensuse: ["13.1"],
  sles: ["10", "11", "12"],
};
const firstCoreOs: readonly number[] = [681, 2, 0];

/** Windows servers the whitepaper names in §3.1, each with its editions. */
const servers: Readonly<Record<string, readonly WindowsEdition[]>> = {
  "2012 R2": ["standard"],
  "2012": ["standard", "datacenter"],
  "2008 R2": ["standard", "datacenter", "enterprise"],
  "2008": ["standard", "datacenter", "enterprise"],
  "2003 R2": ["standard", "datacenter", "enterprise"],
};
const clients: Readonly<Record<string, readonly WindowsEdition[]>> = {
  "7": ["professional", "enterprise"],
};
/** "Does not support Windows XP, Windows 8, and Windows 10." */
const refused: readonly string[] = ["XP", "8", "8.1", "10"];

export const whitepaperVersion: Rule = {
  id: "SAMPAN.WhitepaperVersion",
  requirement: "The system, its version and its edition are on the whitepaper's list.",
  why: "The whitepaper names what could be migrated in 2017: Windows Server 2012 R2 (Standard), 2012 (Standard, Datacenter), 2008 R2, 2008 and 2003 R2 (Standard, Datacenter, Enterprise) and Windows 7 (Professional, Enterprise), each in 32 and 64 bits; RHEL and CentOS 5 to 7, Ubuntu 10, 12, 13 and 14, Debian 6 and 7, openSUSE 13.1, SUSE Linux 10 to 12, CoreOS from 681.2.0 on. It refuses Windows XP, 8 and 10 by name, which is why they are blockers here.",
  looksAt:
    "Distribution and version in the guest's release files; with Windows the build, product type and edition in the registry. The evidence is what was found.",
  mend: "Assess with the profile `current`: ECS takes more systems today.",
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.1 Operating system of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    const windows = windowsGuest(input);
    if (windows) return checkWindows(windows);
    const guest = linuxGuest(input);
    if (guest === undefined || isListed(guest)) return [];
    return [
      {
        message: `${guest.name} is not on the whitepaper's list of systems that can be migrated.`,
        hint: "Assess with the profile `current`: ECS takes more systems today.",
        evidence: [fact("version", `${guest.family} ${guest.version ?? "of no version"}`)],
      },
    ];
  },
};

function isListed({ family, version, major, minor }: LinuxFacts): boolean {
  if (family === "coreos") {
    const numbers = (version ?? "").split(".").map(Number);
    const differs = firstCoreOs.findIndex((first, index) => (numbers[index] ?? 0) !== first);
    return differs < 0 || (numbers[differs] ?? 0) > (firstCoreOs[differs] ?? 0);
  }
  const exact = `${major}.${minor ?? 0}`;
  return (linuxVersions[family] ?? []).some((one) => one === exact || one === String(major));
}

function checkWindows(guest: WindowsFacts): readonly RuleHit[] {
  const release = windowsRelease(guest);
  const evidence = [
    fact(
      "release",
      `${guest.name}, edition ${guest.edition ?? "unknown"}, build ${guest.build ?? "unknown"}`,
    ),
  ];
  const hint = "Assess with the profile `current`: ECS takes other systems today.";
  if (release !== null && !release.server && refused.includes(release.name)) {
    const message = `${guest.name} is refused by the whitepaper, which names Windows XP, 8 and 10 as unsupported.`;
    return [{ message, hint, evidence, severity: "blocker" }];
  }
  if (guest.architecture === "aarch64") {
    const message = `${guest.name} is made for aarch64; the whitepaper takes 32-bit and 64-bit x86 only.`;
    return [{ message, hint, evidence }];
  }
  const editions = release === null ? undefined : (release.server ? servers : clients)[release.name];
  const edition = windowsEdition(guest);
  if (editions !== undefined && (edition === null || editions.includes(edition))) return [];
  const message =
    editions === undefined
      ? `${guest.name} is not on the whitepaper's list of systems that can be migrated.`
      : `${guest.name} is on the whitepaper's list as ${editions.join(", ")} edition only.`;
  return [{ message, hint, evidence }];
}
