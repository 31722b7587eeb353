import { fact, linuxGuest } from "./guest-of.ts";
import type { Rule } from "./rule.ts";
import { whitepaper } from "./sources.ts";

export const whitepaperBitness: Rule = {
  id: "SAMPAN.Linux64Bit",
  requirement: "A Linux guest is a 64-bit one.",
  why: "The whitepaper lists Linux under the heading “64-bit” and Windows under “32 and 64-bit”. In 2017 ECS had x86 machines alone.",
  looksAt: "The machine that the guest's own programs are made for, as their ELF headers say.",
  mend: "Assess with the profile `current`: ECS takes i386 and aarch64 today.",
  profiles: {
    "whitepaper-2017": {
      severity: "blocker",
      source: whitepaper("§3.1 Operating system of the migrated server host"),
    },
  },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (!guest?.architecture || guest.architecture === "x86_64") return [];
    return [
      {
        message: `The guest's programs are made for ${guest.architecture}; the whitepaper takes 64-bit Linux for x86 only.`,
        hint: "Assess with the profile `current`: ECS takes i386 and aarch64 today.",
        evidence: [fact("architecture", guest.architecture)],
      },
    ];
  },
};
