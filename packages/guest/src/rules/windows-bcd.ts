import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsBcd: Rule = {
  id: "GUESTOS.BCD",
  requirement: "The disk holds a boot configuration of Windows.",
  why: "The boot manager reads from it which Windows to start and where it lies. Without one it stops with an error before Windows is loaded.",
  looksAt:
    "`\\Boot\\BCD`, `\\EFI\\Microsoft\\Boot\\BCD` on the EFI system partition, before Vista `\\boot.ini`. Where it should be is the evidence.",
  mend: steps(
    "Capture the disk with the partition “System Reserved” or the EFI system partition on it. Where the file is lost, start the installation medium on the host:",
    powershell("bootrec /rebuildbcd", "bcdboot C:\\Windows /s S: /f ALL"),
  ),
  profiles: { current: { severity: "blocker", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = windowsGuest(input);
    if (guest === undefined || guest.bootConfiguration !== null) return [];
    return [
      {
        message: "No boot configuration (BCD) was found on the disk, so Windows cannot be started from it.",
        hint: "Capture the disk with its boot partition, or write one on the host: `bcdboot C:\\Windows`.",
        evidence: [
          fact("bootConfiguration", "neither \\Boot\\BCD nor \\EFI\\Microsoft\\Boot\\BCD nor \\boot.ini"),
        ],
      },
    ];
  },
};
