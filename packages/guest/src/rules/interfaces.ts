import { file, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const interfaces: Rule = {
  id: "SAMPAN.Interfaces",
  requirement: "One network interface is configured.",
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Other restrictions") },
  },
  fixup: null,
  check(input) {
    const all = linuxGuest(input)?.interfaces ?? [];
    // One interface may be described twice, by an old and a new tool.
    const names = [...new Set(all.map((one) => one.name))];
    if (names.length <= 1) return [];
    return [
      {
        message: `${names.length} network interfaces are configured (${names.join(", ")}); an image starts with one.`,
        hint: "Remove the others before capture and attach further interfaces on ECS afterwards.",
        evidence: all.map((one) => file(one.source, one.name)),
      },
    ];
  },
};
