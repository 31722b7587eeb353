import type { WindowsShell } from "../../connection/windows/windows-shell.ts";
import { listOf, numberOf, objectOf, objectsOf, textOf } from "../answers.ts";
import { lookScript } from "../look-script.ts";
import type { RegistryNumber } from "./change.ts";

const firewallPolicy = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";
const uac = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";

/** The numbers of the registry that preparation reads and changes. */
export const registryNumbers = {
  domainFirewall: { key: `${firewallPolicy}\\DomainProfile`, name: "EnableFirewall" },
  privateFirewall: { key: `${firewallPolicy}\\StandardProfile`, name: "EnableFirewall" },
  publicFirewall: { key: `${firewallPolicy}\\PublicProfile`, name: "EnableFirewall" },
  userAccountControl: { key: uac, name: "EnableLUA" },
  administratorPrompt: { key: uac, name: "ConsentPromptBehaviorAdmin" },
  denyRemoteDesktop: {
    key: "SYSTEM\\CurrentControlSet\\Control\\Terminal Server",
    name: "fDenyTSConnections",
  },
  hibernate: { key: "SYSTEM\\CurrentControlSet\\Control\\Power", name: "HibernateEnabled" },
} as const satisfies Record<string, RegistryNumber>;

/** Numbers by the names of {@link registryNumbers}; `undefined` where none is set. */
export type RegistryState = Readonly<Record<keyof typeof registryNumbers, number | undefined>>;

/** What of a Windows host preparation looks at. */
export interface WindowsState {
  /** 5 for XP and Server 2003, 6 and more since Vista. */
  readonly major: number;
  readonly numbers: RegistryState;
  /** How many rules of the firewall are for remote desktop, and how many of them are on; `null` where it does not say. */
  readonly remoteDesktopRules: { readonly all: number; readonly on: number } | null;
  /** Seconds without use after which it sleeps when on mains; `null` where it does not say. */
  readonly sleepSeconds: number | null;
}

/** `netsh` and the firewall's own interface know this group of rules by the same name, in every language of Windows. */
export const remoteDesktopGroup = "@FirewallAPI.dll,-28752";

/** The version, and the rules of remote desktop. Changes nothing. */
const systemScript = `
$all=$null
$on=0
try {
  $policy=New-Object -ComObject HNetCfg.FwPolicy2
  $all=0
  foreach($rule in $policy.Rules) {
    if($rule.Grouping -eq '${remoteDesktopGroup}') { $all++; if($rule.Enabled){ $on++ } }
  }
} catch { $all=$null }
return @{major=[Environment]::OSVersion.Version.Major;all=$all;on=$on}
`;

/** Reads what preparation would change. Changes nothing. */
export async function readWindowsState(shell: WindowsShell, signal?: AbortSignal): Promise<WindowsState> {
  const options = signal === undefined ? {} : { signal };
  const system = objectOf(await shell.powershell(systemScript, {}, options));
  const major = numberOf(system?.major) ?? 6;
  const [all, on] = [numberOf(system?.all), numberOf(system?.on)];
  return {
    major,
    numbers: await readNumbers(shell, signal),
    remoteDesktopRules: all === null || on === null ? null : { all, on },
    sleepSeconds: major < 6 ? null : await readSleepSeconds(shell, signal),
  };
}

/** The numbers of the registry as they are now. */
export async function readNumbers(shell: WindowsShell, signal?: AbortSignal): Promise<RegistryState> {
  const wanted = Object.entries(registryNumbers);
  const parameters = { registry: wanted.map(([, { key }]) => key), files: [] };
  const answer = objectOf(
    await shell.powershell(lookScript, parameters, signal === undefined ? {} : { signal }),
  );
  const keys = listOf(answer?.keys);
  const found = wanted.map(([id, { name }], index) => {
    const values = objectsOf(objectOf(keys[index])?.values);
    const value = values.find((one) => textOf(one.n)?.toLowerCase() === name.toLowerCase());
    return [id, value?.k === 4 ? (numberOf(value.d) ?? undefined) : undefined] as const;
  });
  return Object.fromEntries(found) as RegistryState;
}

/** `powercfg` ends its answer, in whatever language, with the settings for mains and for batteries, in hexadecimal. */
async function readSleepSeconds(
  shell: WindowsShell,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const { exitCode, stdout } = await shell.run(
    ["powercfg.exe", "-q", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE"],
    { maxOutputBytes: 64 * 1024, ...(signal && { signal }) },
  );
  if (exitCode !== 0) return null;
  const settings =
    Buffer.from(stdout)
      .toString("latin1")
      .match(/0x[0-9a-f]{8}\b/gi) ?? [];
  const mains = settings.at(-2);
  return mains === undefined ? null : Number.parseInt(mains, 16);
}
