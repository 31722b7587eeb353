/*
 * One table in one file, though it is long: each sentence of the whitepaper's sections 3 and 5 with a guest that meets it and one that
 * does not, in the order of the whitepaper, so that a missing sentence is seen.
 */

import { GiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import type { LinuxFacts, WindowsFacts } from "../facts.ts";
import { type GuestChange, goodLinux, goodWindows, guestInput } from "../testing/good-guests.ts";
import { rules } from "./index.ts";

/*
 * The whitepaper's sentences on what can be migrated, one after the other: a few words of each, the rule that keeps it, a
 * guest that obeys it and one that does not. One table in one file, though it is long: it is read beside the whitepaper.
 */

type Row = readonly [section: string, phrase: string, rule: string, obeys: GuestChange, breaks: GuestChange];

const version = "SAMPAN.WhitepaperVersion";

const server = (build: number, edition: string, more: Partial<WindowsFacts> = {}): GuestChange => ({
  windows: { build, edition, name: `Windows Server of build ${build}`, productType: "server", ...more },
});
const server2003 = (edition: string, r2: boolean): GuestChange =>
  server(3790, edition, { name: `Microsoft Windows Server 2003${r2 ? " R2" : ""}`, servicePack: 2 });
const client = (build: number, edition: string, more: Partial<WindowsFacts> = {}): GuestChange => ({
  windows: { build, edition, name: `Windows of build ${build}`, productType: "client", ...more },
});
const linux = (family: string, text: string, more: Partial<LinuxFacts> = {}): GuestChange => {
  const [major = 0, minor = 0] = text.split(".").map(Number);
  return { linux: { family, name: `${family} ${text}`, version: text, major, minor, ...more } };
};
const windows = (change: Partial<WindowsFacts>): GuestChange => ({ windows: change });
const of = (change: Partial<LinuxFacts>): GuestChange => ({ linux: change });
const size = (gib: number): GuestChange => ({ input: { disk: { sizeBytes: gib * GiB, system: true } } });
const disks = (diskCount: number, origin: "ecs" | "other"): GuestChange => ({ input: { diskCount, origin } });
const service = (name: string, enabledAtBoot: boolean) => ({
  name,
  enabledAtBoot,
  source: `/etc/init.d/${name}`,
});
const [eth0] = goodLinux.interfaces;
const [ethernet] = goodWindows.interfaces;
const [root] = goodLinux.fstab;
const licence = (registered: boolean): GuestChange =>
  linux("rhel", "7.3", { licence: { product: "rhel", registered, source: "/etc/pki/consumer/cert.pem" } });

const rows: readonly Row[] = [
  // §3.1 Windows (32 and 64-bit)
  [
    "§3.1",
    "Windows (32 and 64-bit): 64",
    version,
    server(7601, "ServerStandard", { bits: 64 }),
    server(7601, "ServerStandard", { architecture: "aarch64" }),
  ],
  [
    "§3.1",
    "Windows (32 and 64-bit): 32",
    version,
    server(6002, "ServerStandard", { bits: 32, architecture: "i386" }),
    server(6002, "ServerStandard", { architecture: "aarch64" }),
  ],
  [
    "§3.1",
    "2012 R2 (standard edition)",
    version,
    server(9600, "ServerStandard"),
    server(9600, "ServerDatacenter"),
  ],
  [
    "§3.1",
    "2012 (standard edition, …)",
    version,
    server(9200, "ServerStandard"),
    server(9200, "ServerSolution"),
  ],
  [
    "§3.1",
    "2012 (…, data center edition)",
    version,
    server(9200, "ServerDatacenter"),
    server(9200, "ServerEnterprise"),
  ],
  [
    "§3.1",
    "2008 R2 (standard edition, …)",
    version,
    server(7601, "ServerStandard"),
    server(7601, "ServerWeb"),
  ],
  [
    "§3.1",
    "2008 R2 (…, data center edition, …)",
    version,
    server(7600, "ServerDatacenter"),
    server(7600, "ServerHPC"),
  ],
  [
    "§3.1",
    "2008 R2 (…, enterprise edition)",
    version,
    server(7601, "ServerEnterprise"),
    server(14_393, "ServerEnterprise"),
  ],
  [
    "§3.1",
    "2008 (standard edition, …)",
    version,
    server(6002, "ServerStandard"),
    server(6002, "ServerSBSStandard"),
  ],
  [
    "§3.1",
    "2008 (…, data center edition, …)",
    version,
    server(6001, "ServerDatacenter"),
    server(17_763, "ServerDatacenter"),
  ],
  [
    "§3.1",
    "2008 (…, enterprise edition)",
    version,
    server(6002, "ServerEnterprise"),
    server(6002, "ServerWeb"),
  ],
  [
    "§3.1",
    "2003 R2 (standard edition, …)",
    version,
    server2003("Standard", true),
    server2003("Standard", false),
  ],
  [
    "§3.1",
    "2003 R2 (…, data center edition, …)",
    version,
    server2003("Datacenter", true),
    server2003("Web", true),
  ],
  [
    "§3.1",
    "2003 R2 (…, enterprise edition)",
    version,
    server2003("Enterprise", true),
    server2003("Enterprise", false),
  ],
  ["§3.1", "Win7 professional edition …", version, client(7601, "Professional"), client(7601, "HomePremium")],
  ["§3.1", "Win7 … and enterprise edition", version, client(7601, "Enterprise"), client(7601, "Ultimate")],
  [
    "§3.1",
    "Does not support Windows XP",
    version,
    client(7601, "Professional"),
    client(2600, "Professional"),
  ],
  ["§3.1", "Does not support … Windows 8", version, client(7600, "Enterprise"), client(9200, "Enterprise")],
  [
    "§3.1",
    "Does not support … Windows 10",
    version,
    client(7600, "Professional"),
    client(19_045, "Professional"),
  ],
  // §3.1 Linux (64-bit)
  [
    "§3.1",
    "Linux (64-bit)",
    "SAMPAN.Linux64Bit",
    of({ architecture: "x86_64" }),
    of({ architecture: "i386" }),
  ],
  ...(["5.11", "6.9", "7.9"] as const).map(
    (text): Row => [
      "§3.1",
      `RHEL ${text[0]}`,
      version,
      linux("rhel", text),
      linux("rhel", text === "5.11" ? "4.8" : "8.9"),
    ],
  ),
  ...(["5.11", "6.10", "7.9"] as const).map(
    (text): Row => [
      "§3.1",
      `CentOS ${text[0]}`,
      version,
      linux("centos", text),
      linux("centos", text === "5.11" ? "4.9" : "8.5"),
    ],
  ),
  ...(["10.04", "12.04", "13.10", "14.04"] as const).map(
    (text): Row => [
      "§3.1",
      `Ubuntu ${text.slice(0, 2)}`,
      version,
      linux("ubuntu", text),
      linux("ubuntu", text === "12.04" ? "11.10" : "16.04"),
    ],
  ),
  ...(["6.0", "7.11"] as const).map(
    (text): Row => [
      "§3.1",
      `Debian ${text[0]}`,
      version,
      linux("debian", text),
      linux("debian", text === "6.0" ? "5.0" : "8.11"),
    ],
  ),
  ["§3.1", "OpenSUSE 13.1", version, linux("opensuse", "13.1"), linux("opensuse", "13.2")],
  ...(["10.4", "11.4", "12.2"] as const).map(
    (text): Row => [
      "§3.1",
      `SUSE Linux ${text.slice(0, 2)}`,
      version,
      linux("sles", text),
      linux("sles", text === "10.4" ? "9.4" : "15.1"),
    ],
  ),
  ["§3.1", "CoreOS 681.2.0+", version, linux("coreos", "681.2.0"), linux("coreos", "681.1.9")],
  ["§3.1", "CoreOS 681.2.0+: later", version, linux("coreos", "1010.5.0"), linux("coreos", "647.2.0")],
  // §3.2
  [
    "§3.2",
    "Windows … supports … (NTFS)",
    "SAMPAN.WhitepaperFileSystem",
    { windows: {}, fileSystem: { kind: "ntfs" } },
    { windows: {}, fileSystem: { kind: "exfat" } },
  ],
  [
    "§3.2",
    "Linux … supports the ext3",
    "SAMPAN.WhitepaperFileSystem",
    { fileSystem: { kind: "ext3" } },
    { fileSystem: { kind: "ext2" } },
  ],
  [
    "§3.2",
    "Linux … supports the … ext4",
    "SAMPAN.WhitepaperFileSystem",
    { fileSystem: { kind: "ext4" } },
    { fileSystem: { kind: "xfs" } },
  ],
  // §3.3
  [
    "§3.3",
    "supports only system disk migration",
    "SAMPAN.SystemDiskOnly",
    disks(1, "other"),
    disks(2, "other"),
  ],
  ["§3.3", "the system disk size cannot exceed 500 GB", "SAMPAN.WhitepaperDiskSize", size(500), size(501)],
  [
    "§3.3",
    "If Alibaba Cloud hosts … system disk and data disk",
    "SAMPAN.SystemDiskOnly",
    disks(3, "ecs"),
    disks(3, "other"),
  ],
  [
    "§3.3",
    "However, the system disk size cannot exceed 500 GB",
    "SAMPAN.WhitepaperDiskSize",
    { input: { disk: { sizeBytes: 500 * GiB, system: true }, origin: "ecs" } },
    { input: { disk: { sizeBytes: 600 * GiB, system: true }, origin: "ecs" } },
  ],
  // §3.4 Windows restrictions
  [
    "§3.4",
    "must provide Windows activation service",
    "SAMPAN.Activation",
    windows({}),
    windows({ activation: { ...goodWindows.activation, serviceEnabled: false } }),
  ],
  [
    "§3.4",
    "A closed firewall (Windows)",
    "SAMPAN.Firewall",
    windows({ firewall: [] }),
    windows({ firewall: [{ profile: "DomainProfile", enabled: true, source: "x" }] }),
  ],
  [
    "§3.4",
    "Port 3389 must be open: remote login",
    "SAMPAN.RemoteDesktop",
    windows({}),
    windows({ remoteDesktop: { ...goodWindows.remoteDesktop, enabled: false } }),
  ],
  [
    "§3.4",
    "Port 3389 must be open: the port",
    "SAMPAN.RemoteDesktop",
    windows({}),
    windows({ remoteDesktop: { ...goodWindows.remoteDesktop, port: 3390 } }),
  ],
  [
    "§3.4",
    "Closed User Account Control (UAC)",
    "SAMPAN.Uac",
    windows({}),
    windows({ uac: { enabled: true, source: "x" } }),
  ],
  // §3.4 Linux restrictions
  [
    "§3.4",
    "Unsupported enabling of SELinux",
    "GUESTOS.Selinux",
    of({}),
    of({ selinux: { configured: "enforcing", source: "/etc/selinux/config" } }),
  ],
  [
    "§3.4",
    "A closed firewall (Linux)",
    "SAMPAN.Firewall",
    of({ firewalls: [service("iptables", false)] }),
    of({ firewalls: [service("iptables", true)] }),
  ],
  [
    "§3.4",
    "The default is an open Port 22",
    "SAMPAN.Sshd",
    of({}),
    of({ sshd: { installed: true, ports: [2200], permitRootLogin: null } }),
  ],
  [
    "§3.4",
    "Close … the Network Manager",
    "SAMPAN.NetworkManager",
    of({ networkManager: service("NetworkManager", false) }),
    of({ networkManager: service("NetworkManager", true) }),
  ],
  [
    "§3.4",
    "… or delete the Network Manager",
    "SAMPAN.NetworkManager",
    of({ networkManager: null }),
    linux("rhel", "7.3", { networkManager: service("NetworkManager", true) }),
  ],
  ["§3.4", "RHEL … must have a BYOL license", "SAMPAN.Licence", licence(true), licence(false)],
  [
    "§3.4",
    "buy your own product serial numbers",
    "SAMPAN.Licence",
    linux("centos", "7.9", { licence: null }),
    licence(false),
  ],
  // §3.4 Other restrictions
  [
    "§3.4",
    "Unsupported multiple network interfaces (Linux)",
    "SAMPAN.Interfaces",
    of({}),
    of({ interfaces: [eth0, { ...eth0, name: "eth1" }] as never }),
  ],
  [
    "§3.4",
    "Unsupported multiple network interfaces (Windows)",
    "SAMPAN.Interfaces",
    windows({}),
    windows({ interfaces: [ethernet, { ...ethernet, name: "Ethernet 2" }] as never }),
  ],
  [
    "§3.4",
    "Unsupported IPv6 addresses (Linux)",
    "SAMPAN.Ipv6",
    of({}),
    of({ interfaces: [{ ...eth0, ipv6: ["2001:db8::1"] }] as never }),
  ],
  [
    "§3.4",
    "Unsupported IPv6 addresses (Windows)",
    "SAMPAN.Ipv6",
    windows({}),
    windows({ interfaces: [{ ...ethernet, ipv6: ["2001:db8::1"] }] as never }),
  ],
  // §3.5
  [
    "§3.5",
    "only supports RAW",
    "SAMPAN.ImageFormat",
    { input: { sentAs: "raw" } },
    { input: { sentAs: "vmdk" } },
  ],
  [
    "§3.5",
    "… and Virtual Hard Disk (VHD)",
    "SAMPAN.ImageFormat",
    { input: { sentAs: "vhd" } },
    { input: { sentAs: "vhdx" } },
  ],
  [
    "§3.5",
    "If the image file is in another format",
    "SAMPAN.ImageFormat",
    { input: { sentAs: "vhd" } },
    { input: { sentAs: "qcow2" } },
  ],
  // §5.1 Check and preparations of the operating system before image export
  [
    "§5.1",
    "To close the firewall: Control Panel",
    "SAMPAN.Firewall",
    windows({ firewall: [{ profile: "PublicProfile", enabled: false, source: "x" }] }),
    windows({ firewall: [{ profile: "PublicProfile", enabled: true, source: "x" }] }),
  ],
  [
    "§5.1",
    "To close UAC … the minimum level",
    "SAMPAN.Uac",
    windows({ uac: { enabled: false, source: "x" } }),
    windows({ uac: { enabled: true, source: "x" } }),
  ],
  [
    "§5.1",
    "To enable remote desktop",
    "SAMPAN.RemoteDesktop",
    windows({}),
    windows({ remoteDesktop: { ...goodWindows.remoteDesktop, enabled: false } }),
  ],
  [
    "§5.1",
    "chkconfig iptables off",
    "SAMPAN.Firewall",
    of({ firewalls: [] }),
    of({ firewalls: [service("ip6tables", true)] }),
  ],
  [
    "§5.1",
    "SELINUX = … to disabled",
    "GUESTOS.Selinux",
    of({}),
    of({ selinux: { configured: "permissive", source: "/etc/selinux/config" } }),
  ],
  [
    "§5.1",
    "Close or delete the Network Manager",
    "SAMPAN.NetworkManager",
    of({ networkManager: null }),
    of({ networkManager: service("network-manager", true) }),
  ],
  [
    "§5.1",
    "Remove the mount configuration: network",
    "GUESTOS.Fstab",
    of({}),
    of({
      fstab: [{ ...root, device: "192.168.0.10:/sharestore", naming: "network", resolved: null }] as never,
    }),
  ],
  [
    "§5.1",
    "Remove the mount configuration: other disks",
    "GUESTOS.Fstab",
    of({}),
    of({ fstab: [{ ...root, device: "/dev/sdb1", naming: "device", resolved: false }] as never }),
  ],
];

const findings = (change: GuestChange, rule: string) =>
  assessDisk(guestInput(change), { profile: "whitepaper-2017" }).filter((finding) => finding.rule === rule);

describe("the whitepaper", () => {
  it.each(rows)("%s “%s” is kept by %s", (section, _, rule, obeys, breaks) => {
    expect(findings(obeys, rule)).toEqual([]);
    const broken = findings(breaks, rule);
    expect(broken).not.toEqual([]);
    if (section !== "§5.1") expect(broken[0]?.source.title).toContain(section);
  });

  it.each(["Windows XP", "Windows 8", "Windows 10"])("refuses %s by name, so it blocks", (name) => {
    const build = { "Windows XP": 2600, "Windows 8": 9200, "Windows 10": 19_045 }[name] ?? 0;
    expect(findings(client(build, "Professional"), version)).toMatchObject([{ severity: "blocker" }]);
  });

  it("leaves no rule of its profile without a sentence", () => {
    const kept = new Set(rows.map(([, , rule]) => rule));
    const ofProfile = rules
      .filter(({ profiles }) => profiles["whitepaper-2017"] !== undefined)
      .map(({ id }) => id);
    // A disk with no system on it has nothing to be judged by §3.1.
    expect(ofProfile.filter((id) => !kept.has(id))).toEqual(["GUESTOS.SystemImage"]);
  });
});
