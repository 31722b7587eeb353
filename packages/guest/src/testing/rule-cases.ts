/*
 * One table in one file, though it is long: the test that every rule has a broken and a sound case reads it as a whole,
 * and a new rule is one entry more.
 */

import { GiB, type Severity } from "@sampan/core";
import type { InterfaceFacts, LinuxFacts, WindowsFacts } from "../facts.ts";
import type { ProfileName } from "../rules/rule.ts";
import { type GuestChange, goodLinux, goodWindows, guestInput } from "./good-guests.ts";

/** A guest with the fault, and how gravely the rule takes it. */
export interface BrokenCase {
  readonly severity: Severity;
  readonly change: GuestChange;
  readonly profile: ProfileName;
  /** Other rules that see the same fault. */
  readonly alongside: readonly string[];
}

/** A guest that comes close to the fault and has it not. */
export interface SoundCase {
  readonly what: string;
  readonly change: GuestChange;
  readonly profile: ProfileName;
}

const old: ProfileName = "whitepaper-2017";

function finds(
  severity: Severity,
  change: GuestChange,
  profile: ProfileName = "current",
  ...alongside: readonly string[]
): BrokenCase {
  return { severity, change, profile, alongside };
}

function passes(what: string, change: GuestChange, profile: ProfileName = "current"): SoundCase {
  return { what, change, profile };
}

const first = <T>(list: readonly T[]): T => list[0] as T;
const kernel = first(goodLinux.kernels);
const drivers = (change: Partial<typeof kernel.drivers>): GuestChange => ({
  linux: { kernels: [{ ...kernel, drivers: { ...kernel.drivers, ...change } }] },
});
const kernelOf = (version: string, change: Partial<LinuxFacts> = {}): GuestChange => ({
  linux: { ...change, kernels: [{ ...kernel, version }] },
});
const entry = first(goodLinux.fstab);
const fstab = (change: Partial<typeof entry>, input: GuestChange["input"] = {}): GuestChange => ({
  linux: { fstab: [{ ...entry, ...change }] },
  input,
});
const interfaces = (...list: readonly Partial<InterfaceFacts>[]): GuestChange => ({
  linux: { interfaces: list.map((one) => ({ ...first(goodLinux.interfaces), ...one })) },
});
const windowsInterfaces = (...list: readonly Partial<InterfaceFacts>[]): GuestChange => ({
  windows: { interfaces: list.map((one) => ({ ...first(goodWindows.interfaces), ...one })) },
});
const service = (name: string, enabledAtBoot: boolean) => ({
  name,
  enabledAtBoot,
  source: `/etc/systemd/system/multi-user.target.wants/${name}.service`,
});
const loader = first(goodLinux.bootLoaders);
const bootRoot = (change: Partial<(typeof loader.roots)[number]>): GuestChange => ({
  linux: { bootLoaders: [{ ...loader, roots: [{ ...first(loader.roots), ...change }] }] },
});
const [viostor, netkvm] = goodWindows.drivers as readonly [
  WindowsFacts["drivers"][number],
  WindowsFacts["drivers"][number],
];
const release = (
  build: number,
  productType: "server" | "client",
  edition: string | null,
  name: string,
  change: Partial<WindowsFacts> = {},
): GuestChange => ({ windows: { build, productType, edition, name, ...change } });
const filter = { name: "snapman", class: "disk", source: "HKLM\\x", fileThere: true } as const;
const noCloudInit = { installed: false, enabledAtBoot: null, datasources: null } as const;
const cloudInit = { installed: true, enabledAtBoot: true, datasources: null } as const;
const use = first(goodLinux.use);
const sizeOf = (sizeBytes: number, system = true): GuestChange => ({
  input: { disk: { sizeBytes, system } },
});
const account = (
  password: NonNullable<LinuxFacts["rootAccount"]>["password"],
  hasAuthorizedKeys = false,
) => ({
  rootAccount: { password, hasAuthorizedKeys },
});
const dataDisk = guestInput({ fileSystem: { uuid: "data" } }).inspection.layout;

/** For each rule the guests that have the fault, and those that come close. */
export const caseTable: Readonly<
  Record<string, { readonly broken: readonly BrokenCase[]; readonly sound: readonly SoundCase[] }>
> = {
  "GUESTOS.SystemImage": {
    broken: [
      finds("blocker", { linux: null }),
      finds("blocker", { linux: null, fileSystem: { kind: "ntfs" } }),
      finds("blocker", { linux: null }, old),
    ],
    sound: [
      passes("a Windows guest", { windows: {} }),
      passes("a data disk", { linux: null, ...sizeOf(GiB, false) }),
    ],
  },
  "GUESTOS.Platform": {
    broken: [
      finds("warning", { linux: { family: "void", cloudInit: noCloudInit } }, "current", "GUESTOS.CloudInit"),
      finds("info", { linux: { family: "void" } }),
    ],
    sound: [
      passes("a family of its own name", { linux: { family: "gentoo", major: null } }),
      passes("a Windows guest", { windows: {} }),
    ],
  },
  "GUESTOS.OSVersion": {
    broken: [
      finds("warning", { linux: { major: 5, version: "5.0" } }),
      finds("warning", release(7601, "client", "Professional", "Windows 7 Professional")),
      finds("warning", release(3790, "server", null, "Windows Server 2003")),
    ],
    sound: [
      passes("a version newer than the list", { linux: { major: 13, version: "13.0" } }),
      passes("a rolling distribution", { linux: { family: "arch", major: null, version: null } }),
      passes("a Server 2022", release(20_348, "server", "ServerStandard", "Windows Server 2022 Standard")),
      passes("a Server 2003 with a service pack", release(3790, "server", null, "x", { servicePack: 2 })),
    ],
  },
  "SAMPAN.WhitepaperVersion": {
    broken: [
      finds("warning", { linux: { major: 12, version: "12.4" } }, old),
      finds("warning", { linux: { family: "arch", major: null, minor: null, version: null } }, old),
      finds("blocker", release(19_045, "client", "Professional", "Windows 10 Pro"), old),
      finds("warning", release(9600, "server", "ServerDatacenter", "Windows Server 2012 R2 Datacenter"), old),
    ],
    sound: [
      passes("the profile of today", { linux: { major: 12, version: "12.4" } }),
      passes(
        "an evaluation edition",
        release(9600, "server", "ServerStandardEval", "Windows Server 2012 R2"),
        old,
      ),
    ],
  },
  "GUESTOS.Architecture": {
    broken: [
      finds("blocker", { linux: { architecture: "riscv64" } }),
      finds("blocker", { linux: { architecture: "aarch64" } }),
      finds("blocker", { windows: { architecture: "aarch64" } }),
    ],
    sound: [
      passes("aarch64 by UEFI", { linux: { architecture: "aarch64", bootMode: "UEFI" } }),
      passes("programs that could not be read", { linux: { architecture: null } }),
    ],
  },
  "SAMPAN.Linux64Bit": {
    broken: [finds("blocker", { linux: { architecture: "i386" } }, old)],
    sound: [
      passes("x86_64", {}, old),
      passes("a 32-bit Windows", { windows: { architecture: "i386", bits: 32 } }, old),
    ],
  },
  "GUESTOS.RtcTimeMode": {
    broken: [finds("warning", { linux: { hardwareClock: "local" } })],
    sound: [passes("a clock nothing is said of", { linux: { hardwareClock: null } })],
  },
  "GUESTOS.BootMode": {
    broken: [
      finds("info", { linux: { bootMode: "UEFI" } }),
      finds("warning", { linux: { bootMode: null } }),
      finds("info", { windows: { bootMode: "UEFI" } }),
    ],
    sound: [passes("a disk with boot code", { windows: {} })],
  },
  "GUESTOS.KernelVersion": {
    broken: [
      finds("warning", { linux: { kernels: [] } }),
      finds(
        "warning",
        kernelOf("2.6.9-5.EL"),
        "current",
        "GUESTOS.SupportMocInstanceTypes",
        "GUESTOS.OnlineResizeFS",
      ),
      finds("warning", release(2195, "server", null, "Windows 2000 Server"), "current", "GUESTOS.OSVersion"),
    ],
    sound: [
      passes("the oldest kernel with virtio", kernelOf("2.6.18-398.el5")),
      passes("a kernel whose name is no version", kernelOf("linux-lts")),
      passes("a Server 2003", release(3790, "server", null, "Windows Server 2003")),
    ],
  },
  "GUESTOS.Virtio": {
    broken: [
      finds("blocker", drivers({ virtio_blk: "missing" })),
      finds("blocker", drivers({ virtio_net: "missing" })),
      finds("warning", drivers({ virtio_pci: "module" })),
      finds("warning", { windows: { drivers: [netkvm] } }),
      finds("warning", { windows: { drivers: [{ ...viostor, start: 4 }, netkvm] } }),
      finds("warning", { windows: { drivers: [{ ...viostor, fileThere: false }, netkvm] } }),
      finds("warning", { windows: { drivers: [viostor] } }),
      finds(
        "blocker",
        release(3790, "server", null, "Windows Server 2003 R2", { servicePack: 2, drivers: [] }),
      ),
    ],
    sound: [
      passes(
        "drivers that could not be told",
        drivers({ virtio_blk: null, virtio_net: null, virtio_pci: null }),
      ),
      passes("drivers built in", drivers({ virtio_blk: "builtin", virtio_net: "builtin" })),
      passes("vioscsi in place of viostor", {
        windows: { drivers: [{ ...viostor, name: "vioscsi" }, netkvm] },
      }),
    ],
  },
  "GUESTOS.Nvme": {
    broken: [finds("info", drivers({ nvme: "module" })), finds("info", drivers({ nvme: "missing" }))],
    sound: [passes("a driver built in", drivers({ nvme: "builtin" }))],
  },
  "GUESTOS.Fstab": {
    broken: [
      finds("warning", fstab({ device: "/dev/sda1", naming: "device" })),
      finds("warning", fstab({ resolved: false })),
      finds("warning", fstab({ resolved: false }), old),
      finds("warning", fstab({ device: "nas:/e", naming: "network", resolved: null }), old),
      finds("warning", fstab({ resolved: false, options: ["nofail"] }), old),
    ],
    sound: [
      passes("an entry that may fail", fstab({ resolved: false, options: ["defaults", "nofail"] })),
      passes("a network mount", fstab({ device: "nas:/e", naming: "network", resolved: null })),
      passes(
        "a volume of a data disk",
        fstab({ device: "UUID=data", resolved: false }, { dataDisks: [dataDisk] }),
      ),
      passes("entries of the system disk", {}, old),
    ],
  },
  "GUESTOS.Grub": {
    broken: [
      finds("warning", bootRoot({ device: "/dev/sda1", naming: "device" })),
      finds("warning", bootRoot({ resolved: false })),
    ],
    sound: [
      passes("a logical volume", bootRoot({ device: "/dev/mapper/vg-root", naming: "mapper" })),
      passes("a root that cannot be told", bootRoot({ device: "UUID=x", resolved: null })),
      passes("no configuration", { linux: { bootLoaders: [] } }),
    ],
  },
  "GUESTOS.Dhcp": {
    broken: [
      finds("warning", interfaces({ method: "static" })),
      finds("warning", windowsInterfaces({ method: "static" })),
    ],
    sound: [
      passes("a second card with a fixed address", interfaces({}, { name: "eth1", method: "static" })),
      passes("nothing configured", { linux: { interfaces: [] } }),
    ],
  },
  "GUESTOS.Selinux": {
    broken: [
      finds(
        "warning",
        { linux: { selinux: { configured: "enforcing", source: "/etc/selinux/config" } } },
        old,
      ),
      finds("warning", { linux: { selinux: { configured: "permissive", source: "/etc/selinux/config" } } }),
    ],
    sound: [passes("a guest without SELinux", { linux: { selinux: { configured: null, source: null } } })],
  },
  "GUESTOS.OnlineResizeFS": {
    broken: [
      finds("info", { linux: { growpart: false } }),
      finds("info", kernelOf("2.6.32-754.el6.x86_64")),
      finds("info", { behind: { kind: "swap" } }),
    ],
    sound: [
      passes("a guest whose tools could not be told", { linux: { growpart: null } }),
      passes("a guest without cloud-init", { linux: { growpart: false, cloudInit: noCloudInit } }),
    ],
  },
  "GUESTOS.CloudAssistant": {
    broken: [
      finds("info", {
        linux: { cloudAgents: { cloudAssistant: service("aliyun", false), securityCenter: null } },
      }),
      finds("info", { windows: { cloudAssistant: { ...netkvm, name: "AliyunService", start: 4 } } }),
    ],
    sound: [
      passes("an agent that starts", {
        linux: { cloudAgents: { cloudAssistant: service("aliyun", true), securityCenter: null } },
      }),
      passes("a guest without the agent", {}),
    ],
  },
  "GUESTOS.CloudInit": {
    broken: [
      finds("info", { linux: { cloudInit: noCloudInit } }),
      finds("info", { linux: { cloudInit: { ...cloudInit, enabledAtBoot: false } } }),
      finds("warning", { linux: { cloudInit: { ...cloudInit, datasources: ["Ec2", "None"] } } }),
    ],
    sound: [
      passes("cloud-init without a list", { linux: { cloudInit } }),
      passes("a list that names ours", {
        linux: { cloudInit: { ...cloudInit, datasources: ["NoCloud", "AliYun"] } },
      }),
    ],
  },
  "GUESTOS.SecurityCenterAgent": {
    broken: [
      finds("info", {
        linux: { cloudAgents: { cloudAssistant: null, securityCenter: service("aegis", false) } },
      }),
    ],
    sound: [
      passes("an agent that starts", {
        linux: { cloudAgents: { cloudAssistant: null, securityCenter: service("aegis", true) } },
      }),
    ],
  },
  "GUESTOS.SupportMocInstanceTypes": {
    broken: [
      finds(
        "info",
        kernelOf("2.6.18-128.el5", {
          family: "centos",
          major: 5,
          minor: 3,
          growpart: null,
          cloudInit: noCloudInit,
        }),
        "current",
        "GUESTOS.CloudInit",
      ),
    ],
    sound: [
      passes("CentOS 5.11", kernelOf("2.6.18-398.el5", { family: "centos", major: 5, minor: 11 })),
      passes("the kernel of CentOS 6", kernelOf("2.6.32-754.el6.x86_64")),
    ],
  },
  "GUESTOS.BCD": {
    broken: [finds("blocker", { windows: { bootConfiguration: null } })],
    sound: [passes("a boot.ini", { windows: { bootConfiguration: "/boot.ini" } })],
  },
  "GUESTOS.Registry": {
    broken: [
      finds("blocker", { windows: { build: null, edition: null, version: null, major: null, minor: null } }),
    ],
    sound: [passes("a registry that tells the build alone", { windows: { edition: null, version: null } })],
  },
  "GUESTOS.Disk": {
    broken: [
      finds("warning", { windows: { diskFilters: [{ ...filter, fileThere: false }] } }),
      finds("info", { windows: { diskFilters: [filter] } }),
    ],
    sound: [passes("Windows's own filters", { windows: { diskFilters: [] } })],
  },
  "GUESTOS.BootMgr": {
    broken: [finds("warning", { windows: { bootManager: null } })],
    sound: [passes("the loader of Windows 2003", { windows: { bootManager: "/ntldr" } })],
  },
  "GUESTOS.Hotfix": {
    broken: [
      finds("warning", { windows: { hotfixes: ["KB5009624", "KB3033929"] } }),
      finds("warning", release(7601, "server", "ServerStandard", "Windows Server 2008 R2", { hotfixes: [] })),
    ],
    sound: [
      passes("packages that could not be listed", { windows: { hotfixes: null } }),
      passes("other updates", { windows: { hotfixes: ["KB5034123"] } }),
      passes("a 32-bit Windows 7", release(7601, "client", "Professional", "x", { hotfixes: [] })),
    ],
  },
  "GUESTOS.Sysprep": {
    broken: [finds("blocker", { windows: { imageState: "IMAGE_STATE_UNDEPLOYABLE" } })],
    sound: [
      passes("a Sysprep that came to its end", {
        windows: { imageState: "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE" },
      }),
      passes("a Windows that says nothing", { windows: { imageState: null } }),
    ],
  },
  "GUESTOS.Xen": {
    broken: [
      finds("warning", {
        windows: { xenHiddenDevices: { devices: ["PCI\\VEN_8086&DEV_7010"], source: "HKLM\\x" } },
      }),
    ],
    sound: [passes("no Xen driver", { windows: { xenHiddenDevices: null } })],
  },
  "GUESTOS.Server": {
    broken: [finds("warning", { windows: { driverInstallDisabledBy: "HKLM\\x" } })],
    sound: [passes("a Windows that may install drivers", { windows: {} })],
  },
  "GUESTOS.Update": {
    broken: [finds("warning", { windows: { pending: ["Windows Update"] } })],
    sound: [passes("nothing left", { windows: { pending: [] } })],
  },
  "SAMPAN.Hibernation": {
    broken: [
      finds("blocker", { windows: { hibernated: true } }),
      finds("info", { windows: { fastStart: true } }),
    ],
    sound: [passes("a file that could not be read", { windows: { hibernated: null, fastStart: null } })],
  },
  "SAMPAN.Encryption": {
    broken: [
      finds(
        "warning",
        { behind: { kind: "luks" }, linux: { cloudInit: { ...cloudInit, enabledAtBoot: null } } },
        "current",
        "GUESTOS.OnlineResizeFS",
      ),
      finds("warning", { linux: { encrypted: [{ name: "data", device: "/dev/sdb1", line: 3 }] } }),
      finds("blocker", { windows: { bitLocker: true } }),
    ],
    sound: [passes("a plain disk", {}), passes("a plain Windows", { windows: {} })],
  },
  "SAMPAN.Firewall": {
    broken: [
      finds("warning", { linux: { firewalls: [service("ufw", true)] } }),
      finds(
        "warning",
        { windows: { firewall: [{ profile: "PublicProfile", enabled: true, source: "HKLM\\x" }] } },
        old,
      ),
    ],
    sound: [passes("one that does not start", { linux: { firewalls: [service("firewalld", false)] } })],
  },
  "SAMPAN.NetworkManager": {
    broken: [
      finds("warning", { linux: { networkManager: service("NetworkManager", true) } }),
      finds("warning", { linux: { networkManager: service("NetworkManager", true) } }, old),
      finds("info", {
        linux: { family: "rocky", major: 9, networkManager: service("NetworkManager", true) },
      }),
    ],
    sound: [passes("a guest without it", { linux: { networkManager: null } })],
  },
  "SAMPAN.Interfaces": {
    broken: [
      finds("warning", interfaces({}, { name: "eth1" })),
      finds("warning", windowsInterfaces({}, { name: "Ethernet 2" }), old),
      finds("info", windowsInterfaces({}, { name: "Ethernet 2" })),
    ],
    sound: [passes("one that is described twice", interfaces({}, { source: "/etc/netplan/50.yaml" }))],
  },
  "SAMPAN.Ipv6": {
    broken: [
      finds("warning", interfaces({ ipv6: ["auto"] })),
      finds("warning", windowsInterfaces({ ipv6: ["fd00::1"] }), old),
    ],
    sound: [
      passes("IPv6 that is off for the whole guest", {
        linux: { ipv6Disabled: true, interfaces: [{ ...first(goodLinux.interfaces), ipv6: ["auto"] }] },
      }),
    ],
  },
  "SAMPAN.Sshd": {
    broken: [
      finds("warning", { linux: { sshd: { installed: false, ports: [], permitRootLogin: null } } }),
      finds("warning", { linux: { sshd: { installed: true, ports: [2222], permitRootLogin: null } } }, old),
      finds("info", { linux: { sshd: { installed: true, ports: [22], permitRootLogin: "no" } } }),
    ],
    sound: [
      passes("22 among others", {
        linux: { sshd: { installed: true, ports: [2222, 22], permitRootLogin: null } },
      }),
      passes("a Windows guest", { windows: {} }),
    ],
  },
  "SAMPAN.RemoteDesktop": {
    broken: [
      finds("warning", { windows: { remoteDesktop: { ...goodWindows.remoteDesktop, enabled: false } } }),
      finds("warning", { windows: { remoteDesktop: { ...goodWindows.remoteDesktop, port: 13_389 } } }, old),
    ],
    sound: [
      passes("a state that could not be read", {
        windows: { remoteDesktop: { ...goodWindows.remoteDesktop, enabled: null, port: null } },
      }),
      passes("a Linux guest", {}),
    ],
  },
  "SAMPAN.Uac": {
    broken: [finds("warning", { windows: { uac: { ...goodWindows.uac, enabled: true } } }, old)],
    sound: [passes("the profile of today", { windows: { uac: { ...goodWindows.uac, enabled: true } } })],
  },
  "SAMPAN.RootAccount": {
    broken: [
      finds("warning", { linux: account("missing") }),
      finds("warning", { linux: account("empty") }),
      finds(
        "info",
        { linux: { ...account("locked"), cloudInit: noCloudInit } },
        "current",
        "GUESTOS.CloudInit",
      ),
    ],
    sound: [
      passes("a locked root with a key", { linux: { ...account("locked", true), cloudInit: noCloudInit } }),
      passes("a locked root that cloud-init may set", { linux: account("locked") }),
      passes("no shadow file", { linux: { rootAccount: null } }),
    ],
  },
  "SAMPAN.Activation": {
    broken: [
      finds(
        "warning",
        { windows: { activation: { ...goodWindows.activation, serviceEnabled: false } } },
        old,
      ),
      finds("info", { windows: { activation: { ...goodWindows.activation, kmsHost: "kms.corp.example" } } }),
    ],
    sound: [
      passes("the server of ECS", {
        windows: { activation: { ...goodWindows.activation, kmsHost: "kms.cloud.aliyuncs.com" } },
      }),
      passes("a service that could not be told", {
        windows: { activation: { ...goodWindows.activation, serviceEnabled: null } },
      }),
    ],
  },
  "SAMPAN.Licence": {
    broken: [
      finds(
        "warning",
        {
          linux: {
            family: "rhel",
            major: 7,
            licence: { product: "rhel", registered: false, source: "/etc/rhsm" },
          },
        },
        old,
      ),
      finds("info", {
        linux: { family: "sles", major: 12, licence: { product: "sles", registered: null, source: null } },
      }),
    ],
    sound: [
      passes("a registered host", {
        linux: {
          family: "rhel",
          major: 7,
          licence: { product: "rhel", registered: true, source: "/etc/pki" },
        },
      }),
      passes(
        "SLES, of which the whitepaper says nothing",
        {
          linux: { family: "sles", major: 12, licence: { product: "sles", registered: false, source: null } },
        },
        old,
      ),
    ],
  },
  "SAMPAN.PersistentNet": {
    broken: [
      finds("warning", {
        linux: {
          persistentNetRules: [
            {
              source: "/etc/udev/rules.d/70-persistent-net.rules",
              line: 8,
              name: "eth0",
              macAddress: "52:54:00:12:34:56",
            },
          ],
        },
      }),
    ],
    sound: [passes("a guest without such rules", {})],
  },
  "SAMPAN.HypervisorTools": {
    broken: [
      finds("warning", { linux: { hypervisorTools: [service("open-vm-tools", true)] } }),
      finds("info", { windows: { hypervisorTools: [{ ...netkvm, name: "VMTools", start: 2 }] } }),
    ],
    sound: [
      passes("tools that do not start", { linux: { hypervisorTools: [service("vboxadd", false)] } }),
      passes("a service that is disabled", {
        windows: { hypervisorTools: [{ ...netkvm, name: "VMTools", start: 4 }] },
      }),
    ],
  },
  "SAMPAN.GuestAgent": {
    broken: [finds("warning", { linux: { guestAgent: service("qemu-guest-agent", true) } })],
    sound: [
      passes("an agent that does not start", { linux: { guestAgent: service("qemu-guest-agent", false) } }),
    ],
  },
  "SAMPAN.DiskUse": {
    broken: [
      finds("warning", { linux: { use: [{ ...use, usedBytes: use.sizeBytes }] } }),
      finds("warning", { linux: { use: [{ ...use, inodes: { total: 1000, used: 999 } }] } }),
    ],
    sound: [
      passes("98 %", { linux: { use: [{ ...use, usedBytes: use.sizeBytes * 0.98 }] } }),
      passes("a file system without inodes", { linux: { use: [{ ...use, inodes: null }] } }),
    ],
  },
  "SAMPAN.DirtyFileSystem": {
    broken: [
      finds("warning", { fileSystem: { dirty: true } }),
      finds("warning", { windows: {}, fileSystem: { dirty: true } }),
    ],
    sound: [passes("a state that is not known", { fileSystem: { dirty: null } })],
  },
  "SAMPAN.FileSystem": {
    broken: [finds("warning", { fileSystem: { kind: "btrfs" } })],
    sound: [
      passes("XFS", { fileSystem: { kind: "xfs" } }),
      passes("swap", { behind: { kind: "swap" } }),
      passes("NTFS", { windows: {} }),
    ],
  },
  "SAMPAN.WhitepaperFileSystem": {
    broken: [
      finds("warning", { fileSystem: { kind: "xfs" } }, old),
      finds("warning", { windows: {}, fileSystem: { kind: "exfat" } }, old),
    ],
    sound: [passes("ext3", { fileSystem: { kind: "ext3" } }, old), passes("NTFS", { windows: {} }, old)],
  },
  "SAMPAN.ExtFeatures": {
    broken: [
      finds("info", { fileSystem: { features: ["64bit"] } }),
      finds("warning", { fileSystem: { features: ["quota", "project"] } }),
    ],
    sound: [passes("quota without project", { fileSystem: { features: ["quota", "has_journal"] } })],
  },
  "SAMPAN.Lvm": {
    broken: [finds("warning", { fileSystem: { kind: "lvm2" } })],
    sound: [passes("a data disk", { fileSystem: { kind: "lvm2" }, ...sizeOf(40 * GiB, false) })],
  },
  "SAMPAN.Raid": {
    broken: [
      finds("warning", { fileSystem: { kind: "linux_raid" } }),
      finds("warning", { linux: { raidArrays: ["/dev/md0"] } }),
    ],
    sound: [passes("a plain disk", {})],
  },
  "SAMPAN.DiskSize": {
    broken: [
      finds("blocker", sizeOf(2049 * GiB)),
      finds("blocker", sizeOf(3000 * GiB, false)),
      finds("info", sizeOf(GiB / 2)),
    ],
    sound: [passes("the largest", sizeOf(2048 * GiB)), passes("the smallest", sizeOf(GiB))],
  },
  "SAMPAN.WhitepaperDiskSize": {
    broken: [finds("blocker", sizeOf(501 * GiB), old)],
    sound: [
      passes("the largest", sizeOf(500 * GiB), old),
      passes("a data disk", sizeOf(900 * GiB, false), old),
    ],
  },
  "SAMPAN.DiskCount": {
    broken: [finds("blocker", { input: { diskCount: 18 } })],
    sound: [passes("one system and 16 data disks", { input: { diskCount: 17 } })],
  },
  "SAMPAN.SystemDiskOnly": {
    broken: [finds("warning", { input: { diskCount: 2 } }, old)],
    sound: [
      passes("a host on ECS", { input: { diskCount: 2, origin: "ecs" } }, old),
      passes("one disk", { input: { diskCount: 1, origin: "other" } }, old),
    ],
  },
  "SAMPAN.ImageFormat": {
    broken: [
      finds("blocker", { input: { sentAs: "vmdk" } }),
      finds("blocker", { input: { sentAs: "qcow2" } }, old),
    ],
    sound: [
      passes("QCOW2", { input: { sentAs: "qcow2" } }),
      passes("RAW", { input: { sentAs: "raw" } }, old),
      passes("VHD", { input: { sentAs: "vhd" } }, old),
    ],
  },
};
