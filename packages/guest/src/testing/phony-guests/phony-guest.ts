import type { FstabEntry, LinuxFacts, ServiceFacts } from "../../facts.ts";
import { phonyUuid } from "../apply-fixup.ts";
import type { PhonyTree } from "../phony-disk.ts";

/** A guest made up of the few files from which its facts are read. */
export interface PhonyGuest {
  readonly title: string;
  readonly tree: PhonyTree;
  /** Where its facts differ from {@link plainFacts}. */
  readonly facts: Partial<LinuxFacts>;
}

/** The facts of a guest that has a root and a program and nothing else. */
export const plainFacts: LinuxFacts = {
  type: "linux",
  family: "unknown",
  name: "Linux",
  version: null,
  major: null,
  minor: null,
  architecture: "x86_64",
  bootMode: "BIOS",
  rootVolume: 0,
  kernels: [],
  fstab: [],
  selinux: { configured: null, source: null },
  firewalls: [],
  networkManager: null,
  interfaces: [],
  ipv6Disabled: null,
  sshd: { installed: false, ports: [], permitRootLogin: null },
  cloudInit: { installed: false, enabledAtBoot: null, datasources: null },
  growpart: false,
  cloudAgents: { cloudAssistant: null, securityCenter: null },
  hostname: "phony",
  bootLoaders: [],
  raidArrays: [],
  encrypted: [],
  persistentNetRules: [],
  rootAccount: null,
  guestAgent: null,
  hypervisorTools: [],
  use: [{ mountPoint: "/", volume: 0, sizeBytes: 10, usedBytes: 1, inodes: null }],
  licence: null,
  hardwareClock: null,
};

/** The head of a program for a machine, as the System V ABI numbers it. */
export function program(machine: number, bits: 32 | 64 = 64): Uint8Array {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, 1, 1]);
  head[18] = machine;
  return head;
}

/** A guest with a program for x86_64 and the host name `phony`; the tree may say otherwise. */
export function phonyGuest(title: string, facts: Partial<LinuxFacts>, tree: PhonyTree): PhonyGuest {
  return { title, facts, tree: { "/bin/ls": program(62), "/etc/hostname": "phony\n", ...tree } };
}

/** Family, name, version, major and minor in one line. */
export function known(
  family: string,
  name: string,
  version: string | null,
  major: number | null,
  minor: number | null,
): Partial<LinuxFacts> {
  return { family, name, version, major, minor };
}

/** An `os-release`. */
export function osRelease(id: string, version: string, name: string, more = ""): PhonyTree {
  return { "/etc/os-release": `ID="${id}"\nVERSION_ID="${version}"\nPRETTY_NAME="${name}"\n${more}` };
}

/** The root volume in fstab, by its UUID. */
export const rootByUuid: FstabEntry = {
  line: 1,
  device: `UUID=${phonyUuid}`,
  mountPoint: "/",
  type: "ext4",
  options: ["defaults"],
  naming: "uuid",
  resolved: true,
};

/** A boot loader's root by UUID. */
export function bootRoot(line: number) {
  return { device: `UUID=${phonyUuid}`, naming: "uuid", resolved: true, line } as const;
}

export const fstabByUuid: PhonyTree = { "/etc/fstab": `UUID=${phonyUuid} / ext4 defaults 0 1\n` };

export const systemd: PhonyTree = { "/sbin/init": { link: "/usr/lib/systemd/systemd" } };

/** A unit of a package, and its link when it is enabled. */
export function unit(name: string, enabled: boolean, target = "multi-user.target"): PhonyTree {
  const path = `/usr/lib/systemd/system/${name}.service`;
  return {
    [path]: "[Unit]\n",
    ...(enabled ? { [`/etc/systemd/system/${target}.wants/${name}.service`]: { link: path } } : {}),
  };
}

/** The facts of a unit that {@link unit} made. */
export function unitFacts(name: string, enabledAtBoot: boolean, target = "multi-user.target"): ServiceFacts {
  const source = enabledAtBoot
    ? `/etc/systemd/system/${target}.wants/${name}.service`
    : `/usr/lib/systemd/system/${name}.service`;
  return { name, enabledAtBoot, source };
}
