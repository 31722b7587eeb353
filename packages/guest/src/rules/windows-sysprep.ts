import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsSysprep: Rule = {
  id: "GUESTOS.Sysprep",
  requirement: "Sysprep, where it was run, came to its end.",
  why: "A Sysprep that was broken off, for instance by switching the machine off, leaves a Windows that cannot finish its set-up at the next start.",
  looksAt:
    "`ImageState` below `Setup\\State` in the SOFTWARE hive: `IMAGE_STATE_UNDEPLOYABLE` is the state in between. The evidence is that value.",
  mend: steps(
    "Start the host, let Sysprep finish, and capture it when it has shut down by itself:",
    powershell("C:\\Windows\\System32\\Sysprep\\sysprep.exe /generalize /oobe /shutdown"),
  ),
  profiles: { current: { severity: "blocker", source: imageCheck } },
  fixup: null,
  check(input) {
    const state = windowsGuest(input)?.imageState;
    if (state?.toUpperCase() !== "IMAGE_STATE_UNDEPLOYABLE") return [];
    return [
      {
        message: "Sysprep did not come to its end, so Windows cannot finish its set-up at the next start.",
        hint: "Run `sysprep.exe /generalize /oobe /shutdown` on the host again, and let it shut the host down.",
        evidence: [
          fact("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State", `ImageState: ${state}`),
        ],
      },
    ];
  },
};
