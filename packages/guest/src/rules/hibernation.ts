import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { engineering } from "./sources.ts";

export const hibernation: Rule = {
  id: "SAMPAN.Hibernation",
  requirement: "Windows was shut down wholly: neither hibernated nor by fast start.",
  why: "A hibernated Windows has part of its files in the memory it saved, and wakes up expecting the old machine. Fast start does the same at every shut down from the menu, where hibernation is on.",
  looksAt:
    "The header of `hiberfil.sys`, and `HiberbootEnabled` in the SYSTEM hive. The evidence is the file or value.",
  mend: steps("On the host, before capture:", powershell("powercfg /h off", "shutdown /s /f /t 0")),
  profiles: { current: { severity: "blocker", source: engineering } },
  fixup: null,
  check(input) {
    const guest = windowsGuest(input);
    if (guest === undefined) return [];
    const hint = "On the host: `powercfg /h off`, then `shutdown /s /f /t 0`, and capture again.";
    if (guest.hibernated === true) {
      return [
        {
          message: "The disk holds a hibernated Windows, or one in fast start: its files are not complete.",
          hint,
          evidence: [fact("hiberfil.sys", "holds a saved system")],
        },
      ];
    }
    if (guest.fastStart !== true) return [];
    return [
      {
        message: "Fast start is on: a shut down from the menu leaves the disk in use.",
        hint,
        evidence: [
          fact("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Power", "HiberbootEnabled: 1"),
        ],
        severity: "info",
      },
    ];
  },
};
