import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsUpdate: Rule = {
  id: "GUESTOS.Update",
  requirement: "No update waits to be finished.",
  why: "An update that was interrupted is finished or rolled back at the next start. On new hardware that has ended in a start that never comes to its end.",
  looksAt:
    "What Windows keeps for its next start in the registry: Windows Update, Component Based Servicing, files to be renamed. The evidence is its name.",
  mend: steps(
    "Restart the host until nothing waits any more, then shut down and capture:",
    powershell("shutdown /r /f /t 0", "dism /online /cleanup-image /restorehealth"),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const pending = windowsGuest(input)?.pending ?? [];
    if (pending.length === 0) return [];
    return [
      {
        message: `Windows has work left for its next start (${pending.join(", ")}), which may not end well on new hardware.`,
        hint: "Restart the host, let it finish, shut it down and capture again.",
        evidence: pending.map((one) => fact("pending", one)),
      },
    ];
  },
};
