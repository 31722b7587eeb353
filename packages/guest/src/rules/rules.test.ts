import { GiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import type { LinuxFacts } from "../facts.ts";
import { fixups } from "../fixups/index.ts";
import type { FileSystemInfo } from "../volumes/layout.ts";
import { rules } from "./index.ts";
import type { ProfileName, RuleInput } from "./rule.ts";

/** A guest no rule of either profile finds fault with. */
const noCloudInit = { installed: false, enabledAtBoot: null, datasources: null } as const;
const good: LinuxFacts = {
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
      version: "3.2.0-4-amd64",
      path: "/boot/vmlinuz-3.2.0-4-amd64",
      initramfs: "/boot/initrd.img-3.2.0-4-amd64",
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
  bootLoaders: [],
  raidArrays: [],
  encrypted: [],
  persistentNetRules: [],
  rootAccount: { password: "set", hasAuthorizedKeys: true },
  guestAgent: null,
  hypervisorTools: [],
  use: [],
  licence: null,
  hardwareClock: "utc",
  hostname: "good",
};

const ext4: FileSystemInfo = {
  kind: "ext4",
  label: null,
  uuid: "a",
  sizeBytes: GiB,
  usedBytes: 1,
  dirty: false,
  features: [],
};

interface Change {
  readonly guest?: Partial<LinuxFacts> | null;
  readonly fileSystem?: Partial<FileSystemInfo>;
  readonly diskBytes?: number;
  readonly disks?: number;
}

function inputOf({ guest = {}, fileSystem = {}, diskBytes = 40 * GiB, disks = 1 }: Change): RuleInput {
  const range = { offset: 0, length: GiB };
  return {
    inspection: {
      guest: guest === null ? null : { ...good, ...guest },
      notes: [],
      layout: {
        sizeBytes: diskBytes,
        table: { kind: "none", diskId: null, sectorBytes: 512, partitions: [], tableRanges: [] },
        volumeGroups: [],
        volumes: [
          {
            index: 0,
            partition: null,
            logicalVolume: null,
            range,
            fileSystem: { ...ext4, ...fileSystem },
            ambiguous: false,
          },
        ],
        notes: [],
      },
    },
    disk: { sizeBytes: diskBytes, system: true },
    diskCount: disks,
  };
}

const kernel = good.kernels[0]!;
const withDrivers = (drivers: Partial<typeof kernel.drivers>): Change => ({
  guest: { kernels: [{ ...kernel, drivers: { ...kernel.drivers, ...drivers } }] },
});
const entry = good.fstab[0]!;

/** What must be found: rule, severity, and a disk on which it is. */
const cases: readonly [string, string, Change, ProfileName?][] = [
  ["GUESTOS.SystemImage", "blocker", { guest: null }],
  ["GUESTOS.SystemImage", "blocker", { guest: null, fileSystem: { kind: "ntfs" } }],
  ["GUESTOS.Platform", "warning", { guest: { family: "void" } }],
  ["GUESTOS.OSVersion", "info", { guest: { major: 12, version: "12.4" } }],
  ["GUESTOS.OSVersion", "warning", { guest: { major: 5, version: "5.0" } }],
  ["SAMPAN.WhitepaperVersion", "warning", { guest: { major: 12 } }, "whitepaper-2017"],
  [
    "SAMPAN.WhitepaperVersion",
    "warning",
    { guest: { family: "opensuse", major: 13, minor: 2 } },
    "whitepaper-2017",
  ],
  ["GUESTOS.Architecture", "blocker", { guest: { architecture: "riscv64" } }],
  ["GUESTOS.Architecture", "blocker", { guest: { architecture: "aarch64" } }],
  ["SAMPAN.Linux64Bit", "blocker", { guest: { architecture: "i386" } }, "whitepaper-2017"],
  ["GUESTOS.BootMode", "info", { guest: { bootMode: "UEFI" } }],
  ["GUESTOS.BootMode", "warning", { guest: { bootMode: null } }],
  ["GUESTOS.Virtio", "blocker", withDrivers({ virtio_blk: "missing" })],
  ["GUESTOS.Virtio", "blocker", withDrivers({ virtio_net: "missing" })],
  ["GUESTOS.Virtio", "warning", withDrivers({ virtio_pci: "module" })],
  ["GUESTOS.Virtio", "warning", { guest: { kernels: [] } }],
  ["GUESTOS.Nvme", "info", withDrivers({ nvme: "module" })],
  ["GUESTOS.Fstab", "warning", { guest: { fstab: [{ ...entry, device: "/dev/sda1", naming: "device" }] } }],
  ["GUESTOS.Fstab", "warning", { guest: { fstab: [{ ...entry, resolved: false }] } }, "whitepaper-2017"],
  [
    "GUESTOS.Selinux",
    "warning",
    { guest: { selinux: { configured: "permissive", source: "/etc/selinux/config" } } },
  ],
  ["GUESTOS.Dhcp", "warning", { guest: { interfaces: [{ ...good.interfaces[0]!, method: "static" }] } }],
  ["GUESTOS.CloudInit", "info", { guest: { cloudInit: noCloudInit } }],
  [
    "SAMPAN.Firewall",
    "warning",
    { guest: { firewalls: [{ name: "ufw", enabledAtBoot: true, source: "/etc/ufw/ufw.conf" }] } },
  ],
  [
    "SAMPAN.NetworkManager",
    "warning",
    { guest: { networkManager: { name: "NetworkManager", enabledAtBoot: true, source: "/x" } } },
    "whitepaper-2017",
  ],
  [
    "SAMPAN.Interfaces",
    "warning",
    { guest: { interfaces: [good.interfaces[0]!, { ...good.interfaces[0]!, name: "eth1" }] } },
  ],
  ["SAMPAN.Ipv6", "warning", { guest: { interfaces: [{ ...good.interfaces[0]!, ipv6: ["auto"] }] } }],
  ["SAMPAN.Sshd", "warning", { guest: { sshd: { installed: false, ports: [], permitRootLogin: null } } }],
  ["SAMPAN.Sshd", "warning", { guest: { sshd: { installed: true, ports: [2222], permitRootLogin: null } } }],
  ["SAMPAN.Sshd", "info", { guest: { sshd: { installed: true, ports: [22], permitRootLogin: "no" } } }],
  ["SAMPAN.FileSystem", "warning", { fileSystem: { kind: "btrfs" } }],
  ["SAMPAN.FileSystem", "info", { fileSystem: { features: ["64bit"] } }],
  ["SAMPAN.Lvm", "warning", { fileSystem: { kind: "lvm2" } }],
  ["SAMPAN.WhitepaperFileSystem", "warning", { fileSystem: { kind: "xfs" } }, "whitepaper-2017"],
  ["SAMPAN.DiskSize", "blocker", { diskBytes: 2049 * GiB }],
  ["SAMPAN.DiskSize", "info", { diskBytes: GiB / 2 }],
  ["SAMPAN.WhitepaperDiskSize", "blocker", { diskBytes: 501 * GiB }, "whitepaper-2017"],
  ["SAMPAN.DiskCount", "blocker", { disks: 18 }],
  ["SAMPAN.SystemDiskOnly", "warning", { disks: 2 }, "whitepaper-2017"],
];

describe("the rules", () => {
  it.each(["current", "whitepaper-2017"] as const)(
    "find nothing on a good guest in the profile %s",
    (profile) => {
      expect(assessDisk(inputOf({}), { profile })).toEqual([]);
    },
  );

  it.each(cases)(
    "%s is found as %s where it is broken, and nothing else",
    (id, severity, change, profile = "current") => {
      const findings = assessDisk(inputOf(change), { profile });
      expect([...new Set(findings.map((finding) => [finding.rule, finding.severity].join(" ")))]).toEqual([
        `${id} ${severity}`,
      ]);
      for (const finding of findings) {
        expect(finding.evidence.length).toBeGreaterThan(0);
        expect(finding.message).toMatch(/\.$/);
        expect(finding.hint).toMatch(/[.`]$/);
        expect(finding.source.date).toMatch(/^\d{4}-\d\d-\d\d$/);
      }
    },
  );

  it("each have a case in which they find something, and name a fix-up that exists", () => {
    expect([...new Set(cases.map(([id]) => id))].sort()).toEqual(rules.map((rule) => rule.id).sort());
    const known = fixups.map((fixup) => fixup.id);
    for (const rule of rules) if (rule.fixup !== null) expect(known).toContain(rule.fixup);
  });

  it("take XFS and nofail entries as they are", () => {
    const dead = { ...entry, resolved: false, options: ["defaults", "nofail"] };
    expect(assessDisk(inputOf({ fileSystem: { kind: "xfs" }, guest: { fstab: [dead] } }))).toEqual([]);
  });

  it("say nothing of drivers that could not be told", () => {
    expect(
      assessDisk(inputOf(withDrivers({ virtio_blk: null, virtio_net: null, virtio_pci: null, nvme: null }))),
    ).toEqual([]);
  });

  it("say nothing of the guest on a data disk", () => {
    const input = inputOf({ guest: null });
    expect(assessDisk({ ...input, disk: { ...input.disk, system: false } })).toEqual([]);
  });
});

describe("an assessment", () => {
  it("sorts by severity and keeps the reason for what was accepted", () => {
    const drivers = withDrivers({ virtio_blk: "missing", virtio_net: null, virtio_pci: null, nvme: null });
    const input = inputOf({ guest: { ...drivers.guest, cloudInit: noCloudInit, family: "void" } });
    const findings = assessDisk(input, { accept: { "GUESTOS.Virtio": "boots from the network" } });
    expect(findings.map(({ rule, accepted }) => [rule, accepted])).toEqual([
      ["GUESTOS.Virtio", "boots from the network"],
      ["GUESTOS.Platform", null],
      ["GUESTOS.CloudInit", null],
    ]);
  });

  it("refuses to accept a rule that does not exist", () => {
    expect(() => assessDisk(inputOf({}), { accept: { "GUESTOS.Bootmode": "" } })).toThrow("which is no rule");
  });
});
