import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const windowsServer: Rule = {
  id: "GUESTOS.Server",
  requirement: "Windows may install drivers.",
  why: "The devices of an instance are new to the guest. A Windows that is told to install no drivers leaves them dead.",
  looksAt:
    "`DeviceInstallDisabled` below `Services\\DeviceInstall\\Parameters`, before Windows Server 2008 R2 `Services\\PlugPlay\\Parameters`, in the SYSTEM hive. The evidence is that key.",
  mend: steps(
    "On the host, before capture:",
    powershell(
      "reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\DeviceInstall\\Parameters /v DeviceInstallDisabled /f",
      "reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\PlugPlay\\Parameters /v DeviceInstallDisabled /f",
    ),
  ),
  profiles: { current: { severity: "warning", source: imageCheck } },
  fixup: null,
  check(input) {
    const key = windowsGuest(input)?.driverInstallDisabledBy;
    if (key == null) return [];
    return [
      {
        message: "Windows is told to install no drivers, so devices of ECS stay dead.",
        hint: `On the host: \`reg delete ${key} /v DeviceInstallDisabled /f\`.`,
        evidence: [fact(key, "DeviceInstallDisabled")],
      },
    ];
  },
};
