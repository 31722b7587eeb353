import type { InterfaceFacts, WindowsFacts } from "../../facts.ts";
import { valueNumber, valueText, valueTexts } from "../../registry/value.ts";
import type { WindowsRegistry } from "./registry.ts";
import { disabled, startOf } from "./services.ts";

const networkClass = "{4D36E972-E325-11CE-BFC1-08002BE10318}";
const parameters = "Services\\Tcpip\\Parameters";
const maxInterfaces = 256;

export async function readWindowsHostname(registry: WindowsRegistry): Promise<string | null> {
  const tcpip = (await registry.system(parameters)).key;
  const computer = (await registry.system("Control\\ComputerName\\ComputerName")).key;
  return (
    valueText(await tcpip?.value("Hostname")) ||
    valueText(await tcpip?.value("NV Hostname")) ||
    valueText(await computer?.value("ComputerName")) ||
    null
  );
}

/** The interfaces with an address or with DHCP, by the name of their connection or their GUID. */
export async function readWindowsInterfaces(registry: WindowsRegistry): Promise<readonly InterfaceFacts[]> {
  const { key, source } = await registry.system(`${parameters}\\Interfaces`);
  const interfaces: InterfaceFacts[] = [];
  for (const one of ((await key?.subkeys()) ?? []).slice(0, maxInterfaces)) {
    const dhcp = valueNumber(await one.value("EnableDHCP"));
    const addresses = valueTexts(await one.value("IPAddress")).filter((address) => address !== "0.0.0.0");
    if (dhcp === undefined && addresses.length === 0) continue;
    const connection = await registry.system(`Control\\Network\\${networkClass}\\${one.name}\\Connection`);
    interfaces.push({
      name: valueText(await connection.key?.value("Name")) || one.name,
      method: dhcp === 1 ? "dhcp" : addresses.length > 0 ? "static" : "other",
      ipv6: [],
      source: `${source}\\${one.name}`,
    });
  }
  return interfaces;
}

/** Remote desktop: a group policy goes before the setting. */
export async function readRemoteDesktop(registry: WindowsRegistry): Promise<WindowsFacts["remoteDesktop"]> {
  const setting = await registry.system("Control\\Terminal Server");
  const policy = await registry.software("Policies\\Microsoft\\Windows NT\\Terminal Services");
  const port = await registry.system("Control\\Terminal Server\\WinStations\\RDP-Tcp");
  const byPolicy = valueNumber(await policy.key?.value("fDenyTSConnections"));
  const denied = byPolicy ?? valueNumber(await setting.key?.value("fDenyTSConnections"));
  return {
    enabled: denied === undefined ? null : denied === 0,
    port: valueNumber(await port.key?.value("PortNumber")) ?? null,
    source: byPolicy === undefined ? setting.source : policy.source,
  };
}

/**
 * The profiles of the Windows firewall: a group policy goes before the setting, and all are off when the service is
 * disabled. Windows XP and Server 2003 have no public profile.
 */
export async function readWindowsFirewall(registry: WindowsRegistry): Promise<WindowsFacts["firewall"]> {
  const starts = [await startOf(registry, "MpsSvc"), await startOf(registry, "SharedAccess")];
  // SharedAccess shares connections since Vista, and is disabled there as a rule.
  const serviceDisabled = (starts[0] === undefined ? starts[1] : starts[0]) === disabled;
  const profiles: WindowsFacts["firewall"][number][] = [];
  for (const profile of ["DomainProfile", "StandardProfile", "PublicProfile"]) {
    const setting = await registry.system(`Services\\SharedAccess\\Parameters\\FirewallPolicy\\${profile}`);
    const policy = await registry.software(`Policies\\Microsoft\\WindowsFirewall\\${profile}`);
    const byPolicy = valueNumber(await policy.key?.value("EnableFirewall"));
    const enabled = byPolicy ?? valueNumber(await setting.key?.value("EnableFirewall"));
    if (enabled === undefined) continue;
    profiles.push({
      profile,
      enabled: enabled !== 0 && !serviceDisabled,
      source: byPolicy === undefined ? setting.source : policy.source,
    });
  }
  return profiles;
}
