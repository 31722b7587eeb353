import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsXen: Rule = {
  id: "GUESTOS.Xen",
  requirement: "No Xen driver hides devices from Windows.",
  why: "Drivers of Xen hide the emulated disk and network card, because theirs take over. On ECS theirs find nothing, and Windows sees no disk.",
  looksAt:
    "`hide_devices` below `Services\\XenPCI\\Parameters` in the SYSTEM hive. The evidence is that key.",
  mend: steps(
    "On the host, before capture; uninstalling the Xen tools does the same:",
    powershell("reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\XenPCI\\Parameters /v hide_devices /f"),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const hidden = windowsGuest(input)?.xenHiddenDevices;
    if (hidden == null) return [];
    return [
      {
        message: `The Xen driver hides ${hidden.devices.join(", ")}, so Windows may see no disk on ECS.`,
        hint: "On the host: `reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\XenPCI\\Parameters /v hide_devices /f`.",
        evidence: [fact(hidden.source, `hide_devices: ${hidden.devices.join(", ")}`)],
      },
    ];
  },
};
