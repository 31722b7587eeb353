import { fact, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

/** First and last version on the vendor's list of December 2020; the list has not been renewed since. */
const listed: Readonly<Record<string, readonly [number, number]>> = {
  centos: [5, 8],
  rhel: [5, 8],
  debian: [6, 10],
  ubuntu: [10, 20],
  opensuse: [13, 42],
  sles: [10, 15],
};

export const osVersion: Rule = {
  id: "GUESTOS.OSVersion",
  requirement: "The version of the distribution is one ECS lists.",
  profiles: { current: { severity: "warning", source: importInstructions } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    const range = guest === undefined ? undefined : listed[guest.family];
    if (guest === undefined || range === undefined || guest.major === null) return [];
    const [first, last] = range;
    if (guest.major >= first && guest.major <= last) return [];
    const newer = guest.major > last;
    return [
      {
        message: newer
          ? `${guest.name} is newer than ECS's published list, which ends at version ${last}; newer releases are accepted under the same platform name.`
          : `${guest.name} is older than anything on ECS's list, which begins at version ${first}.`,
        hint: newer
          ? "Nothing needs to be done; the list dates from 2020."
          : "Upgrade the guest, or import it and test that it boots before relying on it.",
        evidence: [fact("version", guest.version ?? String(guest.major))],
        severity: newer ? "info" : "warning",
      },
    ];
  },
};

/** Versions the whitepaper names in §3.1. */
const whitepaperVersions: Readonly<Record<string, readonly string[]>> = {
  rhel: ["5", "6", "7"],
  centos: ["5", "6", "7"],
  ubuntu: ["10", "12", "13", "14"],
  debian: ["6", "7"],
  opensuse: ["13.1"],
  sles: ["10", "11", "12"],
  coreos: [],
};

export const whitepaperVersion: Rule = {
  id: "SAMPAN.WhitepaperVersion",
  requirement: "The distribution and its version are on the whitepaper's list.",
  profiles: {
    "whitepaper-2017": {
      severity: "warning",
      source: whitepaper("§3.1 Operating system of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || guest.major === null) return [];
    const versions = whitepaperVersions[guest.family];
    const exact = `${guest.major}.${guest.minor ?? 0}`;
    if (versions?.some((one) => (one.includes(".") ? one === exact : Number(one) === guest.major))) return [];
    if (guest.family === "coreos" && guest.major >= 681) return [];
    return [
      {
        message: `${guest.name} is not on the whitepaper's list of systems that can be migrated.`,
        hint: "Assess with the profile `current`: ECS takes more systems today.",
        evidence: [fact("version", guest.version ?? exact)],
      },
    ];
  },
};
