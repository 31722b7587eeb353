import { fact, windowsGuest } from "./guest-of.ts";
import { powershell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { importInstructions, whitepaper } from "./sources.ts";

export const remoteDesktop: Rule = {
  id: "SAMPAN.RemoteDesktop",
  requirement: "Remote desktop is on and listens on port 3389.",
  why: "It is how one reaches a Windows instance, and port 3389 is what the security groups of ECS open by default.",
  looksAt:
    "`fDenyTSConnections` below `Control\\Terminal Server`, and `PortNumber` below `WinStations\\RDP-Tcp`, in the SYSTEM hive. The evidence is the key.",
  mend: steps(
    "On the host, before capture:",
    powershell(
      'reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f',
      'reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp" /v PortNumber /t REG_DWORD /d 3389 /f',
      "sc.exe config TermService start= auto",
      'netsh advfirewall firewall set rule group="remote desktop" new enable=yes',
    ),
  ),
  profiles: {
    current: { severity: "warning", source: importInstructions },
    "whitepaper-2017": { severity: "warning", source: whitepaper("§3.4 Windows restrictions") },
  },
  fixup: null,
  check(input) {
    const facts = windowsGuest(input)?.remoteDesktop;
    if (facts === undefined) return [];
    if (facts.enabled === false) {
      return [
        {
          message: "Remote desktop is off, so the guest can be reached only by the console of ECS.",
          hint: 'On the host: `reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f`.',
          evidence: [fact(facts.source, "fDenyTSConnections: 1")],
        },
      ];
    }
    if (facts.port === null || facts.port === 3389) return [];
    return [
      {
        message: `Remote desktop listens on port ${facts.port} instead of 3389.`,
        hint: "Open that port in the security group of the instance, or set PortNumber below WinStations\\RDP-Tcp to 3389.",
        evidence: [fact(`${facts.source}\\WinStations\\RDP-Tcp`, `PortNumber: ${facts.port}`)],
      },
    ];
  },
};
