import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsBootManager: Rule = {
  id: "GUESTOS.BootMgr",
  requirement: "The disk holds the boot manager of Windows.",
  why: "It is what the boot code starts, and what starts Windows. Not a blocker: a guest may be started by a loader of another kind.",
  looksAt:
    "`\\bootmgr`, `\\EFI\\Microsoft\\Boot\\bootmgfw.efi`, before Vista `\\ntldr`, on every volume of the disk. Where it should be is the evidence.",
  mend: steps(
    "Capture the disk with its boot partition. Where the file is lost, start the installation medium on the host:",
    powershell("bcdboot C:\\Windows /s S: /f ALL", "bootrec /fixboot"),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = windowsGuest(input);
    if (guest === undefined || guest.bootManager !== null) return [];
    return [
      {
        message: "The boot manager of Windows was not found on the disk, so it will hardly boot.",
        hint: "Capture the disk with its boot partition, or write it anew on the host: `bcdboot C:\\Windows`.",
        evidence: [
          fact("bootManager", "neither \\bootmgr nor \\EFI\\Microsoft\\Boot\\bootmgfw.efi nor \\ntldr"),
        ],
      },
    ];
  },
};
