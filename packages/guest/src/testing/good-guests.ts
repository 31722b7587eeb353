import { GiB } from "@sampan/core";
import type { LinuxFacts, WindowsFacts } from "../facts.ts";
import type { RuleInput } from "../rules/rule.ts";
import type { DiskLayout, FileSystemInfo } from "../volumes/layout.ts";

/** A Debian 7 no rule of either profile finds fault with. */
export const goodLinux: LinuxFacts = {
  type: "linux",
  family: "debian",
  name: "Debian GNU/Linux 7 (wheezy)",
  version: "7.11",
  major: 7,
  minor: 11,
  architecture: "x86_64",
  bootMode: "BIOS",
  rootVolume: 0,
  kernels: [
    {
      version: "3.16.0-4-amd64",
      path: "/boot/vmlinuz-3.16.0-4-amd64",
      initramfs: "/boot/initrd.img-3.16.0-4-amd64",
      drivers: { virtio_blk: "initramfs", virtio_net: "module", virtio_pci: "builtin", nvme: "initramfs" },
    },
  ],
  fstab: [
    {
      line: 1,
      device: "UUID=a",
      mountPoint: "/",
      type: "ext4",
      options: ["defaults"],
      naming: "uuid",
      resolved: true,
    },
    {
      line: 2,
      device: "tmpfs",
      mountPoint: "/tmp",
      type: "tmpfs",
      options: ["size=1g"],
      naming: "virtual",
      resolved: null,
    },
  ],
  selinux: { configured: "disabled", source: "/etc/selinux/config" },
  firewalls: [{ name: "ufw", enabledAtBoot: false, source: "/etc/init.d/ufw" }],
  networkManager: {
    name: "NetworkManager",
    enabledAtBoot: false,
    source: "/lib/systemd/system/NetworkManager.service",
  },
  interfaces: [{ name: "eth0", method: "dhcp", ipv6: [], source: "/etc/network/interfaces" }],
  ipv6Disabled: null,
  sshd: { installed: true, ports: [22], permitRootLogin: "yes" },
  cloudInit: { installed: true, enabledAtBoot: true, datasources: ["AliYun"] },
  growpart: true,
  cloudAgents: { cloudAssistant: null, securityCenter: null },
  bootLoaders: [
    {
      kind: "grub2",
      source: "/boot/grub/grub.cfg",
      roots: [{ device: "UUID=a", naming: "uuid", resolved: true, line: 90 }],
      serialConsole: true,
    },
  ],
  raidArrays: [],
  encrypted: [],
  persistentNetRules: [],
  rootAccount: { password: "set", hasAuthorizedKeys: true },
  guestAgent: null,
  hypervisorTools: [],
  use: [
    {
      mountPoint: "/",
      volume: 0,
      sizeBytes: 20 * GiB,
      usedBytes: 5 * GiB,
      inodes: { total: 1_000_000, used: 90_000 },
    },
  ],
  licence: null,
  hardwareClock: "utc",
  hostname: "good",
};

const services = "HKLM\\SYSTEM\\CurrentControlSet\\Services";

/** A Windows Server 2012 R2 no rule of either profile finds fault with. */
export const goodWindows: WindowsFacts = {
  type: "windows",
  family: "windows",
  name: "Windows Server 2012 R2 Standard",
  version: "6.3",
  major: 6,
  minor: 3,
  architecture: "x86_64",
  bootMode: "BIOS",
  productType: "server",
  edition: "ServerStandard",
  build: 9600,
  servicePack: 0,
  bits: 64,
  systemVolume: 0,
  systemRoot: "/Windows",
  hostname: "GOOD",
  bootConfiguration: "/Boot/BCD",
  drivers: ["viostor", "netkvm"].map((name) => ({
    name,
    start: name === "viostor" ? 0 : 3,
    fileThere: true,
    source: `${services}\\${name}`,
  })),
  remoteDesktop: {
    enabled: true,
    port: 3389,
    source: "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server",
  },
  firewall: [
    {
      profile: "PublicProfile",
      enabled: false,
      source: `${services}\\SharedAccess\\Parameters\\FirewallPolicy`,
    },
  ],
  uac: { enabled: false, source: "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System" },
  activation: { serviceEnabled: true, kmsHost: null, source: `${services}\\sppsvc` },
  hibernated: false,
  fastStart: false,
  pending: [],
  diskFilters: [],
  bitLocker: false,
  interfaces: [
    { name: "Ethernet", method: "dhcp", ipv6: [], source: `${services}\\Tcpip\\Parameters\\Interfaces` },
  ],
  hypervisorTools: [],
  bootManager: "/bootmgr",
  hotfixes: ["KB3033929"],
  imageState: "IMAGE_STATE_COMPLETE",
  xenHiddenDevices: null,
  driverInstallDisabledBy: null,
  cloudAssistant: null,
};

const ext4: FileSystemInfo = {
  kind: "ext4",
  label: null,
  uuid: "a",
  sizeBytes: 20 * GiB,
  usedBytes: 1,
  dirty: false,
  features: [],
};

/** What a test changes about a good guest. */
export interface GuestChange {
  /** Fields of the Linux guest; `null` for a disk without a guest. */
  readonly linux?: Partial<LinuxFacts> | null;
  /** Fields of the Windows guest, which then takes the Linux one's place. */
  readonly windows?: Partial<WindowsFacts>;
  readonly fileSystem?: Partial<FileSystemInfo>;
  /** A second partition behind the first, with this file system. */
  readonly behind?: Partial<FileSystemInfo>;
  readonly input?: Partial<Omit<RuleInput, "inspection">>;
}

/** A disk of 40 GiB with one partition, on which a good guest lies, with a change made to it. */
export function guestInput({
  linux = {},
  windows,
  fileSystem,
  behind,
  input = {},
}: GuestChange = {}): RuleInput {
  const guest =
    windows !== undefined
      ? { ...goodWindows, ...windows }
      : linux === null
        ? null
        : { ...goodLinux, ...linux };
  const kind = windows === undefined ? ext4 : { ...ext4, kind: "ntfs", uuid: "01D2" };
  const systems = [
    { ...kind, ...fileSystem },
    ...(behind === undefined ? [] : [{ ...ext4, uuid: "b", ...behind }]),
  ];
  const partitions = systems.map((_, index) => ({
    number: index + 1,
    range: { offset: 1024 ** 2 + index * 20 * GiB, length: 20 * GiB },
    type: windows === undefined ? "83" : "07",
    typeName: windows === undefined ? "Linux" : "NTFS",
    name: null,
    partUuid: null,
    bootable: index === 0,
  }));
  const disk = { sizeBytes: 41 * GiB, system: true };
  const layout: DiskLayout = {
    sizeBytes: disk.sizeBytes,
    table: { kind: "mbr", diskId: "12345678", sectorBytes: 512, partitions, tableRanges: [] },
    volumeGroups: [],
    volumes: partitions.map((partition, index) => ({
      index,
      partition,
      logicalVolume: null,
      range: partition.range,
      fileSystem: systems[index] ?? null,
      ambiguous: false,
    })),
    notes: [],
  };
  return { inspection: { guest, layout, notes: [] }, disk, diskCount: 1, ...input };
}
