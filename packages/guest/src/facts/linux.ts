import { isSampanError, throwIfCancelled } from "@sampan/core";
import type { BlockSource } from "@sampan/image";
import type { LinuxFacts } from "../facts.ts";
import type { ReadBudget } from "../files/paged-reader.ts";
import type { OpenedGuest } from "../open-guest.ts";
import type { DiskLayout } from "../volumes/layout.ts";
import { readArchitecture } from "./architecture.ts";
import { readBootMode } from "./boot-mode.ts";
import { readCloudAgents, readGrowpart } from "./cloud-agents.ts";
import { parseFstab } from "./fstab.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { readInterfaces } from "./interfaces.ts";
import { readKernels } from "./kernels.ts";
import { readFirewalls, readNetworkManager } from "./services.ts";
import { readCloudInit, readHostname, readIpv6Disabled, readSelinux, readSshd } from "./settings.ts";

/** What a guest's facts are gathered from. */
export interface FactSources {
  readonly source: BlockSource;
  readonly layout: DiskLayout;
  readonly budget: ReadBudget;
  /** Takes a line for everything that could not be told. */
  readonly notes: string[];
  readonly signal: AbortSignal | undefined;
}

/** Gathers every fact of a Linux guest. */
export async function readLinuxFacts(
  { files, root }: OpenedGuest,
  sources: FactSources,
): Promise<LinuxFacts> {
  const { source, layout, budget, notes, signal } = sources;
  const gather = new Gathering(notes, signal);
  const identity =
    (await gather.attempt("the distribution", () => readIdentity(files), undefined)) ?? unknownIdentity;
  const fstab = await gather.attempt("fstab", () => files.readText("/etc/fstab"), undefined);
  return {
    type: "linux",
    ...identity,
    architecture: await gather.attempt("the architecture", () => readArchitecture(files), null),
    bootMode: await readBootMode(source, layout, signal),
    rootVolume: root.index,
    fstab: fstab === undefined ? [] : parseFstab(fstab, layout),
    selinux: await gather.attempt("SELinux", () => readSelinux(files), { configured: null, source: null }),
    firewalls: await gather.attempt("firewalls", () => readFirewalls(files), []),
    networkManager: await gather.attempt("NetworkManager", () => readNetworkManager(files), null),
    interfaces: await gather.attempt("network interfaces", () => readInterfaces(files), []),
    ipv6Disabled: await gather.attempt("IPv6", () => readIpv6Disabled(files), null),
    sshd: await gather.attempt("sshd", () => readSshd(files), {
      installed: false,
      ports: [],
      permitRootLogin: null,
    }),
    cloudInit: await gather.attempt("cloud-init", () => readCloudInit(files), {
      installed: false,
      enabledAtBoot: null,
      datasources: null,
    }),
    growpart: await gather.attempt("growpart", () => readGrowpart(files), null),
    cloudAgents: await gather.attempt("the cloud's agents", () => readCloudAgents(files), {
      cloudAssistant: null,
      securityCenter: null,
    }),
    hostname: await gather.attempt("the host name", () => readHostname(files), null),
    bootLoaders: [],
    raidArrays: [],
    encrypted: [],
    persistentNetRules: [],
    rootAccount: null,
    guestAgent: null,
    hypervisorTools: [],
    use: [],
    licence: null,
    hardwareClock: null,
    // Last: an initramfs may use up what is left of the budget.
    kernels: await gather.attempt("kernels", () => readKernels(files, budget, notes), []),
  };
}

const unknownIdentity: Identity = {
  family: "unknown",
  name: "Linux",
  version: null,
  major: null,
  minor: null,
};

/** Runs one reader after the other; what a damaged file system denies becomes a note. */
class Gathering {
  readonly #notes: string[];
  readonly #signal: AbortSignal | undefined;

  constructor(notes: string[], signal: AbortSignal | undefined) {
    this.#notes = notes;
    this.#signal = signal;
  }

  async attempt<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    throwIfCancelled(this.#signal);
    try {
      return await read();
    } catch (error) {
      if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
      this.#notes.push(`${what} could not be read: ${error.message}`);
      return otherwise;
    }
  }
}
