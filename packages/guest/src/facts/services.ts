import type { ServiceFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { BootServices } from "./boot-services.ts";
import { parseShellVariables } from "./shell-variables.ts";

/** Firewall services by the names they are installed under. */
const firewallServices: readonly string[] = [
  "iptables",
  "ip6tables",
  "netfilter-persistent",
  "iptables-persistent",
  "firewalld",
  "ufw",
  "nftables",
  "SuSEfirewall2",
  "SuSEfirewall2_init",
  "SuSEfirewall2_setup",
  "shorewall",
  "shorewall6",
  "awall",
  "csf",
];

/** Reads which firewalls are installed and which of them start at boot. */
export async function readFirewalls(
  files: GuestFiles,
  services?: BootServices,
): Promise<readonly ServiceFacts[]> {
  const found = await readServices(firewallServices, services ?? (await BootServices.read(files)));
  const result: ServiceFacts[] = [];
  for (const facts of found) {
    if (facts.name === "ufw" && facts.enabledAtBoot) {
      // Ubuntu always starts ufw; it does nothing unless it is switched on here.
      const config = parseShellVariables(await files.readText("/etc/ufw/ufw.conf"));
      const on = config.get("ENABLED")?.toLowerCase() === "yes";
      result.push(on ? { ...facts, source: "/etc/ufw/ufw.conf" } : { ...facts, enabledAtBoot: false });
    } else result.push(facts);
  }
  return result;
}

/** Names NetworkManager is installed under. */
export const networkManagerServices: readonly string[] = [
  "NetworkManager",
  "network-manager",
  "networkmanager",
];

/** Reads whether NetworkManager is installed and starts at boot. */
export async function readNetworkManager(
  files: GuestFiles,
  services?: BootServices,
): Promise<ServiceFacts | null> {
  return firstEnabled(networkManagerServices, services ?? (await BootServices.read(files)));
}

/** Reads whether qemu-guest-agent is installed and starts at boot, or with the device it talks through. */
export async function readGuestAgent(services: BootServices): Promise<ServiceFacts | null> {
  return firstEnabled(["qemu-guest-agent", "qemu-ga"], services);
}

/** Services of guest tools, by hypervisor: VMware, VirtualBox, Xen, Hyper-V, Parallels. */
const hypervisorServices: readonly string[] =
  "vmtoolsd open-vm-tools vmware-tools vmware-tools-services vgauthd vgauth vboxadd vboxadd-service vboxadd-x11 vboxservice virtualbox-guest-utils virtualbox-guest-additions xe-linux-distribution xe-daemon xe-guest-utilities xen-guest-agent hypervkvpd hypervvssd hypervfcopyd hv-kvp-daemon hv-vss-daemon hv-fcopy-daemon hv_kvp_daemon hv_vss_daemon hv_fcopy_daemon prltoolsd prltools prl-x11".split(
    " ",
  );

/** Reads which services of another hypervisor's guest tools are installed. */
export async function readHypervisorTools(services: BootServices): Promise<readonly ServiceFacts[]> {
  return readServices(hypervisorServices, services);
}

async function readServices(
  names: readonly string[],
  services: BootServices,
): Promise<readonly ServiceFacts[]> {
  const found: ServiceFacts[] = [];
  for (const name of names) {
    const facts = await services.facts(name);
    if (facts !== null) found.push(facts);
  }
  return found;
}

/** The facts of one service that has several names; under which it starts, if it does. */
async function firstEnabled(names: readonly string[], services: BootServices): Promise<ServiceFacts | null> {
  const found = await readServices(names, services);
  return found.find((facts) => facts.enabledAtBoot) ?? found[0] ?? null;
}
