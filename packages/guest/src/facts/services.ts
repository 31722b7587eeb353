import type { ServiceFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { textLines } from "./lines.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** Folders of unit files, the administrator's first. */
const unitFolders = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
/** Folders of System V links, each with a folder per run level below. */
const runLevelFolders = ["/etc", "/etc/rc.d", "/etc/init.d"];

/** What starts a service at boot, and what proves that it is installed. */
export interface BootService {
  readonly name: string;
  /** Links whose removal keeps it from starting; empty when it does not start. */
  readonly links: readonly string[];
  /** Upstart jobs that start it; an override silences them. */
  readonly upstartJobs: readonly string[];
  /** Unit file, init script or job; `null` when it is not installed. */
  readonly installed: string | null;
}

/** Finds out how a service is started: systemd wants-links, System V run-level links, upstart jobs. */
export async function readBootService(files: GuestFiles, name: string): Promise<BootService> {
  const unit = `${name}.service`;
  let native: string | null = null;
  for (const folder of unitFolders) {
    if (await files.stat(`${folder}/${unit}`)) {
      native = `${folder}/${unit}`;
      break;
    }
  }
  const masked = (await files.readLink(`/etc/systemd/system/${unit}`)) === "/dev/null";
  const links: string[] = [];
  if (!masked) {
    for (const entry of await files.list("/etc/systemd/system")) {
      if (!/\.(wants|requires)$/.test(entry)) continue;
      const link = `/etc/systemd/system/${entry}/${unit}`;
      if (await files.stat(link, { followLink: false })) links.push(link);
    }
  }
  let script: string | null = null;
  for (const path of [`/etc/init.d/${name}`, `/etc/rc.d/init.d/${name}`]) {
    if (await files.stat(path)) {
      script = path;
      break;
    }
  }
  // systemd runs an init script only where no unit of the same name exists; other inits know no units.
  if ((native === null && !masked) || !(await isSystemd(files))) {
    links.push(...(await runLevelLinks(files, name)));
    links.push(...(await openRcLinks(files, name)));
  }
  const job = `/etc/init/${name}.conf`;
  const jobText = await files.readText(job);
  const override = textLines(await files.readText(`/etc/init/${name}.override`));
  const silenced = override.some((line) => line.trim() === "manual");
  const starts = textLines(jobText).some((line) => /^\s*start\s+on\b/.test(line)) && !silenced;
  return {
    name,
    links,
    upstartJobs: starts ? [job] : [],
    installed: native ?? script ?? (jobText === undefined ? null : job),
  };
}

async function runLevelLinks(files: GuestFiles, name: string): Promise<readonly string[]> {
  const links: string[] = [];
  const seen = new Set<string>();
  for (const base of runLevelFolders) {
    for (const level of ["rcS.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "boot.d"]) {
      const folder = `${base}/${level}`;
      for (const entry of await files.list(folder)) {
        const match = /^S\d\d(.+)$/.exec(entry);
        if (match?.[1] !== name) continue;
        // `/etc/rc3.d` is often a link to `/etc/rc.d/rc3.d`: the same link must not count twice.
        const key = `${level}/${entry}`;
        if (!seen.has(key)) links.push(`${folder}/${entry}`);
        seen.add(key);
      }
    }
  }
  return links;
}

/** Whether systemd is what starts the guest's services; true where no init is found. */
export async function isSystemd(files: GuestFiles): Promise<boolean> {
  for (const path of ["/sbin/init", "/usr/sbin/init"]) {
    const target = await files.readLink(path);
    if (target !== undefined) return /(^|\/)systemd$/.test(target);
    if (await files.stat(path)) return false;
  }
  return true;
}

async function openRcLinks(files: GuestFiles, name: string): Promise<readonly string[]> {
  const links: string[] = [];
  for (const level of await files.list("/etc/runlevels")) {
    const link = `/etc/runlevels/${level}/${name}`;
    if (level !== "shutdown" && (await files.stat(link, { followLink: false }))) links.push(link);
  }
  return links;
}

/** The facts of a service; `null` when nothing of it is there. */
export function serviceFacts(service: BootService): ServiceFacts | null {
  const proof = service.links[0] ?? service.upstartJobs[0];
  if (proof !== undefined) return { name: service.name, enabledAtBoot: true, source: proof };
  return service.installed === null
    ? null
    : { name: service.name, enabledAtBoot: false, source: service.installed };
}

/** Firewall services by the names they are installed under. */
export const firewallServices: readonly string[] = [
  "iptables",
  "ip6tables",
  "netfilter-persistent",
  "firewalld",
  "ufw",
  "nftables",
  "SuSEfirewall2",
  "SuSEfirewall2_setup",
  "shorewall",
];

/** Reads which firewalls are installed and which of them start at boot. */
export async function readFirewalls(files: GuestFiles): Promise<readonly ServiceFacts[]> {
  const found: ServiceFacts[] = [];
  for (const name of firewallServices) {
    const facts = serviceFacts(await readBootService(files, name));
    if (facts === null) continue;
    if (name === "ufw" && facts.enabledAtBoot) {
      // Ubuntu always starts ufw; it does nothing unless it is switched on here.
      const config = parseShellVariables(await files.readText("/etc/ufw/ufw.conf"));
      const on = config.get("ENABLED")?.toLowerCase() === "yes";
      found.push(on ? { ...facts, source: "/etc/ufw/ufw.conf" } : { ...facts, enabledAtBoot: false });
    } else found.push(facts);
  }
  return found;
}

/** Names NetworkManager is installed under. */
export const networkManagerServices: readonly string[] = ["NetworkManager", "network-manager"];

/** Reads whether NetworkManager is installed and starts at boot. */
export async function readNetworkManager(files: GuestFiles): Promise<ServiceFacts | null> {
  let installed: ServiceFacts | null = null;
  for (const name of networkManagerServices) {
    const facts = serviceFacts(await readBootService(files, name));
    if (facts?.enabledAtBoot) return facts;
    installed ??= facts;
  }
  return installed;
}
