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
  readonly cloudInit: { readonly installed: boolean };
  readonly hostname: string | null;
}

/** A Windows guest, as far as its presence can be told without its registry. */
export interface WindowsFacts extends GuestBase {
  readonly type: "windows";
  readonly family: "windows";
}

/** What Sampan knows about the operating system on a disk. */
export type GuestFacts = LinuxFacts | WindowsFacts;
