import { file, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsRegistry: Rule = {
  id: "GUESTOS.Registry",
  requirement: "The registry of Windows is there and can be read.",
  why: "Windows does not start without its hives, and ECS cannot set drivers, network and password in one that is damaged.",
  looksAt:
    "The SOFTWARE hive in `System32\\config`: it must tell the build or the edition. The evidence is the hive's file.",
  mend: steps(
    "Check the disk of the host, then start it once, which replays the hives' logs, shut it down wholly and capture again:",
    powershell("chkdsk C: /f", "sfc /scannow", "shutdown /s /f /t 0"),
  ),
  profiles: { current: { severity: "blocker", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = windowsGuest(input);
    if (guest === undefined || guest.build !== null || guest.edition !== null || guest.version !== null)
      return [];
    return [
      {
        message:
          "The registry of Windows could not be read, so nothing is known of the guest and it may not start.",
        hint: "Run `chkdsk C: /f` on the host, shut it down by `shutdown /s /f /t 0` and capture again.",
        evidence: [file(`${guest.systemRoot}/System32/config/SOFTWARE`, "neither version nor build")],
      },
    ];
  },
};
