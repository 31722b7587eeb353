/*
 * What Sampan knows about a guest, gathered offline from its disk or live from its host: one type for both, plain JSON.
 * `null` means "could not be told", never "no".
 */

/** How the guest boots. */
export type BootMode = "BIOS" | "UEFI";

/** One line of `/etc/fstab`. */
export interface FstabEntry {
  /** Counts from 1. */
  readonly line: number;
  /** The device as written: `UUID=…`, `LABEL=…`, `/dev/sda1`, `nfs:/export`. */
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
  /** How the device is named. */
  readonly naming:
    | "uuid"
    | "label"
    | "partuuid"
    | "partlabel"
    | "device"
    | "mapper"
    | "network"
    | "virtual"
    | "other";
  /** Whether a volume of the captured disks answers to it; `null` for virtual and network file systems. */
  readonly resolved: boolean | null;
}

/** A kernel installed in the guest. */
export interface KernelFacts {
  readonly version: string;
  /** Path of the kernel image. */
  readonly path: string;
  /** Path of its initramfs; `null` when there is none. */
  readonly initramfs: string | null;
  /** Where each driver is found: in the initramfs, built into the kernel, only as a module on the root, or nowhere. */
  readonly drivers: Readonly<Record<"virtio_blk" | "virtio_net" | "virtio_pci" | "nvme", DriverPlace | null>>;
}

/** Where a kernel driver is. Only `initramfs` and `builtin` are there before the root file system is mounted. */
export type DriverPlace = "initramfs" | "builtin" | "module" | "missing";

/** A network interface as configured. */
export interface InterfaceFacts {
  readonly name: string;
  readonly method: "dhcp" | "static" | "other";
  /** Configured IPv6 addresses or `auto`/`dhcp6`, as written. */
  readonly ipv6: readonly string[];
  /** The file that says so. */
  readonly source: string;
}

/** A service unit that matters for migration, and whether it starts at boot. */
export interface ServiceFacts {
  readonly name: string;
  readonly enabledAtBoot: boolean;
  /** What proves it: the link or file. */
  readonly source: string;
}

/** A boot loader and what its configuration says of the root file system. */
export interface BootLoaderFacts {
  readonly kind: "grub-legacy" | "grub2" | "bls" | "extlinux" | "systemd-boot" | "lilo";
  /** The configuration file that was read. */
  readonly source: string;
  /** The `root=` of each entry that boots Linux, in the order of the file; the same device once. */
  readonly roots: readonly BootRoot[];
  /** Whether the default entry gives the kernel a serial console (`console=ttyS0…`); `null` when it has no entry. */
  readonly serialConsole: boolean | null;
}

/** A `root=` argument of a kernel. */
export interface BootRoot {
  /** As written: `UUID=…`, `/dev/sda1`, `/dev/mapper/vg-root`. */
  readonly device: string;
  readonly naming: FstabEntry["naming"];
  /** Whether a volume of the captured disks answers to it; `null` when that cannot be told. */
  readonly resolved: boolean | null;
  /** Line of {@link BootLoaderFacts.source}, from 1. */
  readonly line: number;
}

/** A udev rule that ties an interface's name to one machine's hardware. */
export interface PersistentNetRule {
  readonly source: string;
  /** Counts from 1. */
  readonly line: number;
  /** The name it gives, such as `eth0`. */
  readonly name: string;
  readonly macAddress: string | null;
}

/** How full a mounted file system is. */
export interface FileSystemUse {
  readonly mountPoint: string;
  /** Volume, as {@link DiskLayout} numbers it. */
  readonly volume: number;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** `null` for file systems without a fixed number of inodes. */
  readonly inodes: { readonly total: number; readonly used: number } | null;
}

/** What every guest has. */
interface GuestBase {
  /** Name people use: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
  /** As exact as the disk says: `12.4`. `null` for rolling distributions. */
  readonly version: string | null;
  readonly major: number | null;
  readonly minor: number | null;
  /** `x86_64`, `i386`, `aarch64` …; `null` when no program could be read. */
  readonly architecture: string | null;
  readonly bootMode: BootMode | null;
}

/** A Linux guest. */
export interface LinuxFacts extends GuestBase {
  readonly type: "linux";
  /** The distribution's id: `debian`, `ubuntu`, `centos`, `rhel`, `opensuse`, `sles` …, `unknown`. */
  readonly family: string;
  /** Volume that holds `/`, as {@link DiskLayout} numbers it. */
  readonly rootVolume: number;
  readonly kernels: readonly KernelFacts[];
  readonly fstab: readonly FstabEntry[];
  readonly selinux: {
    readonly configured: "enforcing" | "permissive" | "disabled" | null;
    readonly source: string | null;
  };
  /** Firewall services found, each with whether it starts at boot. */
  readonly firewalls: readonly ServiceFacts[];
  /** NetworkManager; `null` when it is not installed. */
  readonly networkManager: ServiceFacts | null;
  readonly interfaces: readonly InterfaceFacts[];
  readonly ipv6Disabled: boolean | null;
  readonly sshd: {
    readonly installed: boolean;
    readonly ports: readonly number[];
    readonly permitRootLogin: string | null;
  };
  readonly cloudInit: {
    readonly installed: boolean;
    /** Whether it runs at boot; `null` when it is not installed or that could not be told. */
    readonly enabledAtBoot: boolean | null;
    /** The list `datasource_list` as configured; `null` when there is none. */
    readonly datasources: readonly string[] | null;
  };
  /** Whether `growpart` is installed; `null` when that could not be told. */
  readonly growpart: boolean | null;
  /** Agents of Alibaba Cloud; each `null` when it is not installed. */
  readonly cloudAgents: {
    readonly cloudAssistant: ServiceFacts | null;
    readonly securityCenter: ServiceFacts | null;
  };
  readonly hostname: string | null;
  readonly bootLoaders: readonly BootLoaderFacts[];
  /** Names of md arrays in mdadm.conf. */
  readonly raidArrays: readonly string[];
  /** Entries of `/etc/crypttab`. */
  readonly encrypted: readonly { readonly name: string; readonly device: string; readonly line: number }[];
  readonly persistentNetRules: readonly PersistentNetRule[];
  /** The account `root`; `null` when the guest has no shadow file. */
  readonly rootAccount: {
    /** `empty`: a password is not asked for. */
    readonly password: "set" | "locked" | "empty" | "missing";
    /** Whether `/root/.ssh/authorized_keys` holds a key. */
    readonly hasAuthorizedKeys: boolean;
  } | null;
  /** qemu-guest-agent; `null` when it is not installed. */
  readonly guestAgent: ServiceFacts | null;
  /** Services of another hypervisor's guest tools: VMware, VirtualBox, Xen, Hyper-V, Parallels. */
  readonly hypervisorTools: readonly ServiceFacts[];
  /** The system's file systems, `/` first. */
  readonly use: readonly FileSystemUse[];
  /** Subscription of a licensed distribution; `null` when the distribution needs none. */
  readonly licence: {
    readonly product: "rhel" | "sles";
    /** Whether the host is registered with its vendor; `null` when that could not be told. */
    readonly registered: boolean | null;
    readonly source: string | null;
  } | null;
  /** What the hardware clock holds; `null` when nothing says so. */
  readonly hardwareClock: "utc" | "local" | null;
}

/** A driver or service of Windows with its start type. */
export interface WindowsServiceFacts {
  readonly name: string;
  /** 0 boot, 1 system, 2 automatic, 3 on demand, 4 disabled; `null` when the key has no start type. */
  readonly start: number | null;
  /** Whether the file that `ImagePath` names is there; `null` when it names none. */
  readonly fileThere: boolean | null;
  /** The registry key. */
  readonly source: string;
}

/** A Windows guest, as its registry and files say. `null` where a hive could not be read. */
export interface WindowsFacts extends GuestBase {
  readonly type: "windows";
  readonly family: "windows";
  /** `Server` or `Client`. */
  readonly productType: "server" | "client" | null;
  /** `EditionID`, or what older versions say in its place: `ServerStandard`, `Professional`, `Enterprise`. */
  readonly edition: string | null;
  readonly build: number | null;
  readonly servicePack: number | null;
  readonly bits: 32 | 64 | null;
  /** Volume that holds `\\Windows`, as {@link DiskLayout} numbers it. */
  readonly systemVolume: number;
  /** Path of the system folder, as {@link GuestFiles} names it: `/Windows`. */
  readonly systemRoot: string;
  readonly hostname: string | null;
  /** A boot configuration: `/Boot/BCD` or the one on the EFI system partition, or `/boot.ini`; `null` when there is none. */
  readonly bootConfiguration: string | null;
  /** virtio drivers: `viostor`, `vioscsi`, `netkvm`, and NVMe's `stornvme`; those that are installed. */
  readonly drivers: readonly WindowsServiceFacts[];
  readonly remoteDesktop: {
    /** `fDenyTSConnections` is 0. */
    readonly enabled: boolean | null;
    readonly port: number | null;
    readonly source: string;
  };
  /** Firewall profiles by name, and whether each is on; empty when the registry holds none. */
  readonly firewall: readonly {
    readonly profile: string;
    readonly enabled: boolean;
    readonly source: string;
  }[];
  /** `EnableLUA`; `null` when it is not set. */
  readonly uac: { readonly enabled: boolean | null; readonly source: string };
  readonly activation: {
    /** The software protection service is there and not disabled. */
    readonly serviceEnabled: boolean | null;
    readonly kmsHost: string | null;
    readonly source: string;
  };
  /** The disk holds the memory of a hibernated system, or of one in fast start. */
  readonly hibernated: boolean | null;
  /** `HiberbootEnabled`: shutting down leaves the disk in use. */
  readonly fastStart: boolean | null;
  /** What waits for the next start: `Windows Update`, `Component Based Servicing`, `file renames`. */
  readonly pending: readonly string[];
  /** Filters on every disk or volume, beyond Windows's own: they are loaded before the system disk is found. */
  readonly diskFilters: readonly {
    readonly name: string;
    readonly class: string;
    readonly source: string;
    /** Whether the driver's file is there; `null` when its service names none. */
    readonly fileThere: boolean | null;
  }[];
  /** True when a volume of the disk is encrypted by BitLocker. */
  readonly bitLocker: boolean;
  /** Network interfaces as configured. */
  readonly interfaces: readonly InterfaceFacts[];
  /** Services of another hypervisor's guest tools. */
  readonly hypervisorTools: readonly WindowsServiceFacts[];
  /** Path of the boot manager, on any volume of the disk; `null` when there is none. */
  readonly bootManager: string | null;
  /** Numbers of installed updates, such as `KB5009624`; `null` when their packages could not be listed. */
  readonly hotfixes: readonly string[] | null;
  /** `ImageState` of Windows's set-up; `null` when nothing says. */
  readonly imageState: string | null;
  /** What a Xen driver hides from Windows; `null` when nothing. */
  readonly xenHiddenDevices: { readonly devices: readonly string[]; readonly source: string } | null;
  /** The registry key by which Windows installs no drivers; `null` when it may. */
  readonly driverInstallDisabledBy: string | null;
  /** Cloud Assistant; `null` when it is not installed. */
  readonly cloudAssistant: WindowsServiceFacts | null;
}

/** What Sampan knows about the operating system on a disk. */
export type GuestFacts = LinuxFacts | WindowsFacts;
