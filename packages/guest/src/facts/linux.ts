import type { LinuxFacts } from "../facts.ts";
import type { OpenedGuest } from "../open-guest.ts";
import { readArchitecture } from "./architecture.ts";
import { type BootLoaders, readBootLoaders } from "./boot-loaders/read-boot-loaders.ts";
import { readBootMode } from "./boot-mode.ts";
import { BootServices } from "./boot-services.ts";
import { readCloudAgents, readGrowpart } from "./cloud-agents.ts";
import { readCloudInit } from "./cloud-init.ts";
import { parseFstab } from "./fstab.ts";
import { type FactSources, Gathering } from "./gathering.ts";
import { readHardwareClock } from "./hardware-clock.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { readKernels } from "./kernels.ts";
import { readLicence } from "./licence.ts";
import { readInterfaces } from "./network/read-interfaces.ts";
import { readPersistentNetRules } from "./persistent-net.ts";
import { readRootAccount } from "./root-account.ts";
import { readSelinux } from "./selinux.ts";
import { readFirewalls, readGuestAgent, readHypervisorTools, readNetworkManager } from "./services.ts";
import { readHostname, readIpv6Disabled } from "./settings.ts";
import { readSshd } from "./sshd.ts";
import { readEncrypted, readRaidArrays } from "./storage.ts";
import { readUse } from "./use.ts";

/** Gathers every fact of a Linux guest. */
export async function readLinuxFacts(
  { files, root, volumes }: OpenedGuest,
  sources: FactSources,
): Promise<LinuxFacts> {
  const { source, layout, budget, notes, signal } = sources;
  const gather = new Gathering(notes, signal);
  const identity =
    (await gather.attempt("the distribution", () => readIdentity(files), undefined)) ?? unknownIdentity;
  const fstab = parseFstab(
    (await gather.attempt("fstab", () => files.readText("/etc/fstab"), undefined)) ?? "",
    layout,
  );
  const services = await gather.attempt("services", () => BootServices.read(files), undefined);
  const ofServices = <T>(what: string, read: (found: BootServices) => Promise<T>, otherwise: T) =>
    services === undefined ? otherwise : gather.attempt(what, () => read(services), otherwise);
  const loaders = await gather.attempt("boot loaders", () => readBootLoaders(files, layout), noLoaders);
  return {
    type: "linux",
    ...identity,
    architecture: await gather.attempt("the architecture", () => readArchitecture(files), null),
    bootMode: await gather.attempt(
      "the boot mode",
      () => readBootMode(source, layout, signal, volumes, notes),
      null,
    ),
    rootVolume: root.index,
    fstab,
    selinux: await gather.attempt("SELinux", () => readSelinux(files, loaders), {
      configured: null,
      source: null,
    }),
    firewalls: await ofServices("firewalls", (found) => readFirewalls(files, found), []),
    networkManager: await ofServices("NetworkManager", (found) => readNetworkManager(files, found), null),
    interfaces: await gather.attempt("network interfaces", () => readInterfaces(files), []),
    ipv6Disabled: await gather.attempt("IPv6", () => readIpv6Disabled(files), null),
    sshd: await ofServices("sshd", (found) => readSshd(files, found), {
      installed: false,
      ports: [],
      permitRootLogin: null,
    }),
    growpart: await gather.attempt("growpart", () => readGrowpart(files), null),
    cloudAgents: await ofServices("the cloud's agents", readCloudAgents, {
      cloudAssistant: null,
      securityCenter: null,
    }),
    cloudInit: await ofServices(
      "cloud-init",
      (found) => readCloudInit(files, found, loaders.kernelArguments),
      { installed: false, enabledAtBoot: null, datasources: null },
    ),
    hostname: await gather.attempt("the host name", () => readHostname(files), null),
    bootLoaders: loaders.facts,
    raidArrays: await gather.attempt("mdadm.conf", () => readRaidArrays(files), []),
    encrypted: await gather.attempt("crypttab", () => readEncrypted(files), []),
    persistentNetRules: await gather.attempt("udev rules", () => readPersistentNetRules(files), []),
    rootAccount: await gather.attempt("the account root", () => readRootAccount(files), null),
    guestAgent: await ofServices("qemu-guest-agent", readGuestAgent, null),
    hypervisorTools: await ofServices("guest tools", readHypervisorTools, []),
    use: await gather.attempt(
      "the use of file systems",
      () => readUse(source, layout, root, fstab, signal),
      [],
    ),
    licence: await gather.attempt("the licence", () => readLicence(files, identity.family), null),
    hardwareClock: await gather.attempt("the hardware clock", () => readHardwareClock(files), null),
    // Last: an initramfs may use up what is left of the budget.
    kernels: await gather.attempt("kernels", () => readKernels(files, budget, notes), []),
  };
}

const noLoaders: BootLoaders = { facts: [], kernelArguments: [], source: null };
const unknownIdentity: Identity = {
  family: "unknown",
  name: "Linux",
  version: null,
  major: null,
  minor: null,
};
