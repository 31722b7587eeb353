import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { whitepaper } from "./sources.ts";

export const uac: Rule = {
  id: "SAMPAN.Uac",
  requirement: "User Account Control is off.",
  why: "The whitepaper has it closed, so that what runs at the first start is not held up by a question nobody sees. No page of today asks for it, so the profile `current` does not look at it.",
  looksAt:
    "`EnableLUA` below `Policies\\System` in the SOFTWARE hive. It must be 0; a value that is not set is not judged.",
  mend: steps(
    "On the host, before capture; it takes effect with the next start:",
    powershell(
      "reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v EnableLUA /t REG_DWORD /d 0 /f",
    ),
  ),
  profiles: { "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Windows restrictions") } },
  fixup: null,
  check(input) {
    const facts = windowsGuest(input)?.uac;
    if (!facts?.enabled) return [];
    return [
      {
        message: "User Account Control is on; the whitepaper has it closed.",
        hint: "On the host: `reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v EnableLUA /t REG_DWORD /d 0 /f`.",
        evidence: [fact(facts.source, "EnableLUA: 1")],
      },
    ];
  },
};
