import { describe, expect, it } from "vitest";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import type { DiskLayout } from "../volumes/layout.ts";
import { readArchitecture } from "./architecture.ts";
import { parseFstab } from "./fstab.ts";
import { readIdentity } from "./identity.ts";
import { parseIfupdown } from "./network/ifupdown.ts";
import { parseNetplan } from "./network/netplan.ts";
import { readInterfaces } from "./network/read-interfaces.ts";
import { readSelinux } from "./selinux.ts";
import { readFirewalls, readNetworkManager } from "./services.ts";
import { readHostname, readIpv6Disabled } from "./settings.ts";
import { readSshd } from "./sshd.ts";

const osRelease = (id: string, version: string, name: string, more = "") => ({
  "/etc/os-release": `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${name}"\n${more}`,
});

const identities: readonly (readonly [PhonyTree, string, string | null, number | null, number | null])[] = [
  [
    { ...osRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"), "/etc/debian_version": "12.4\n" },
    "debian",
    "12.4",
    12,
    4,
  ],
  [
    { ...osRelease("debian", "13", "Debian GNU/Linux trixie/sid"), "/etc/debian_version": "trixie/sid\n" },
    "debian",
    "13",
    13,
    0,
  ],
  [{ "/etc/debian_version": "5.0.1\n" }, "debian", "5.0.1", 5, 0],
  [
    osRelease("ubuntu", "22.04", "Ubuntu 22.04.3 LTS", 'VERSION="22.04.3 LTS (Jammy Jellyfish)"\n'),
    "ubuntu",
    "22.04.3",
    22,
    4,
  ],
  [
    {
      "/etc/lsb-release":
        'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_DESCRIPTION="Ubuntu 10.04.4 LTS"\n',
      "/etc/debian_version": "squeeze/sid\n",
    },
    "ubuntu",
    "10.04.4",
    10,
    4,
  ],
  [
    {
      ...osRelease("centos", "7", "CentOS Linux 7 (Core)"),
      "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n",
    },
    "centos",
    "7.9.2009",
    7,
    9,
  ],
  [
    { "/etc/redhat-release": "Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n" },
    "rhel",
    "5.11",
    5,
    11,
  ],
  [
    {
      "/etc/centos-release": "CentOS release 6.10 (Final)\n",
      "/etc/redhat-release": "CentOS release 6.10 (Final)\n",
    },
    "centos",
    "6.10",
    6,
    10,
  ],
  [{ "/etc/fedora-release": "Fedora release 14 (Phony)\n" }, "fedora", "14", 14, 0],
  [
    {
      ...osRelease("rocky", "9.3", "Rocky Linux 9.3 (Blue Onyx)"),
      "/etc/rocky-release": "Rocky Linux release 9.3 (Blue Onyx)\n",
    },
    "rocky",
    "9.3",
    9,
    3,
  ],
  [osRelease("opensuse-leap", "15.5", "openSUSE Leap 15.5"), "opensuse", "15.5", 15, 5],
  [
    { "/etc/SuSE-release": "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n" },
    "sles",
    "11.4",
    11,
    4,
  ],
  [osRelease("alinux", "3", "Alibaba Cloud Linux 3 (Soaring Falcon)"), "alinux", "3", 3, 0],
  [
    { ...osRelease("alpine", "3.19.1", "Alpine Linux v3.19"), "/etc/alpine-release": "3.19.1\n" },
    "alpine",
    "3.19.1",
    3,
    19,
  ],
  [{ "/etc/os-release": 'ID=arch\nNAME="Arch Linux"\n' }, "arch", null, null, null],
];

describe("the identity of a guest", () => {
  it.each(identities)("is read from %o", async (tree, family, version, major, minor) => {
    expect(await readIdentity(new MemoryGuestFiles(tree))).toMatchObject({ family, version, major, minor });
  });

  it("is not made up where nothing names a distribution", async () => {
    expect(await readIdentity(new MemoryGuestFiles({ "/etc/passwd": "" }))).toBeUndefined();
  });
});

describe("the architecture", () => {
  it("comes from a program, through links, in either byte order", async () => {
    const little = new Uint8Array(64);
    little.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
    little[18] = 183;
    const files = new MemoryGuestFiles({ "/bin/sh": { link: "dash" }, "/bin/dash": little });
    expect(await readArchitecture(files)).toBe("aarch64");
    const big = little.slice();
    big.set([2], 5);
    big.set([0, 22], 18);
    expect(await readArchitecture(new MemoryGuestFiles({ "/bin/bash": big, "/bin/sh": "#!" }))).toBe("s390x");
    expect(await readArchitecture(new MemoryGuestFiles({}))).toBeNull();
  });
});

const layout: DiskLayout = {
  sizeBytes: 100,
  table: { kind: "mbr", diskId: "11223344", sectorBytes: 512, partitions: [], tableRanges: [] },
  notes: [],
  volumeGroups: [],
  volumes: [
    {
      index: 0,
      ambiguous: false,
      logicalVolume: null,
      range: { offset: 0, length: 50 },
      partition: {
        number: 1,
        range: { offset: 0, length: 50 },
        type: "83",
        typeName: "Linux",
        name: null,
        partUuid: "11223344-01",
        bootable: true,
      },
      fileSystem: {
        kind: "ext4",
        label: "root fs",
        uuid: "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1",
        sizeBytes: 50,
        usedBytes: 1,
        dirty: false,
        features: [],
      },
    },
  ],
};

describe("fstab", () => {
  it("says how each device is named and whether the disk answers to it", () => {
    const text = [
      "# comment",
      "",
      "UUID=5A3BA1C0-6d0e-4b6f-9a51-0c0de1fe57a1 / ext4 defaults 0 1",
      "LABEL=root\\040fs /mnt/my\\040disk ext4 ro,noatime",
      "PARTUUID=11223344-01 /p ext4",
      "/dev/sda1 /a ext4",
      "/dev/nvme0n1p1 /n ext4",
      "/dev/sdb1 /b ext4",
      "/dev/disk/by-uuid/0dd0bac4-0000-4000-8000-00000badd15c /u ext4",
      "/dev/mapper/vg-data /m xfs",
      "nas:/export /nfs nfs",
      "proc /proc proc",
      "/dev/sr0 /media/cdrom udf,iso9660 user,noauto",
    ].join("\n");
    expect(parseFstab(text, layout).map(({ line, naming, resolved }) => [line, naming, resolved])).toEqual([
      [3, "uuid", true],
      [4, "label", true],
      [5, "partuuid", true],
      [6, "device", true],
      [7, "device", true],
      [8, "device", false],
      [9, "uuid", false],
      [10, "mapper", false],
      [11, "network", null],
      [12, "virtual", null],
      [13, "other", null],
    ]);
    expect(parseFstab(text, layout)[1]).toMatchObject({
      device: "LABEL=root fs",
      mountPoint: "/mnt/my disk",
      options: ["ro", "noatime"],
    });
  });

  it("leaves open what a logical volume may hold", () => {
    const first = layout.volumes[0]!;
    const lvm = {
      ...first,
      index: 1,
      fileSystem: { ...first.fileSystem!, kind: "lvm2", uuid: null, label: null },
    };
    const [entry] = parseFstab("UUID=aaaa /data ext4", { ...layout, volumes: [first, lvm] });
    expect(entry?.resolved).toBeNull();
  });
});

describe("devices of old controllers", () => {
  it("count disks like any other name", () => {
    const text = "/dev/cciss/c0d0p1 / ext3\n/dev/cciss/c0d1p1 /b ext3\n";
    expect(parseFstab(text, layout).map(({ naming, resolved }) => [naming, resolved])).toEqual([
      ["device", true],
      ["device", false],
    ]);
  });
});

describe("IPv6", () => {
  it.each([
    [
      {
        "/etc/sysctl.conf": "net.ipv6.conf.all.disable_ipv6=0\n",
        "/etc/sysctl.d/9.conf": "net/ipv6/conf/all/disable_ipv6=1\n",
      },
      false,
    ],
    [{ "/etc/modprobe.d/ipv6.conf": "options ipv6 disable=1\n" }, true],
    [{ "/etc/modprobe.conf": "alias net-pf-10 off\n" }, true],
    [{ "/etc/modprobe.d/ipv6.conf": "#options ipv6 disable=1\n" }, null],
  ])("with %o is off: %o", async (tree, off) => {
    expect(await readIpv6Disabled(new MemoryGuestFiles(tree as PhonyTree))).toBe(off);
  });
});

describe("network interfaces", () => {
  it("are read from ifupdown files", () => {
    const text =
      "auto lo eth0\niface lo inet loopback\niface eth0 inet static\n  address 10.0.0.2/24\niface eth0 inet6 static\n  address fd00::2/64\niface eth1 inet dhcp\niface eth1 inet6 auto\n";
    expect(parseIfupdown(text, "f").map(({ name, method, ipv6 }) => [name, method, ipv6])).toEqual([
      ["lo", "other", []],
      ["eth0", "static", ["fd00::2/64"]],
      ["eth1", "dhcp", ["auto"]],
    ]);
  });

  it("are read from netplan", () => {
    const text =
      'network:\n  version: 2\n  renderer: networkd\n  ethernets:\n    ens3:\n      dhcp4: true # yes\n    "ens4":\n      addresses:\n        - 10.0.0.2/24\n        - "fd00::2/64"\n      nameservers:\n        addresses: [1.1.1.1]\n';
    expect(parseNetplan(text, "f").map(({ name, method, ipv6 }) => [name, method, ipv6])).toEqual([
      ["ens3", "dhcp", []],
      ["ens4", "static", ["fd00::2/64"]],
    ]);
  });

  it("are read from ifcfg files, systemd-networkd and keyfiles, without the loopback", async () => {
    const files = new MemoryGuestFiles({
      "/etc/sysconfig/network-scripts/ifcfg-lo": "DEVICE=lo\n",
      "/etc/sysconfig/network-scripts/ifcfg-eth0": 'DEVICE="eth0"\nBOOTPROTO=dhcp\nONBOOT=yes\n',
      "/etc/systemd/network/10-lan.network": "[Match]\nName=en*\n\n[Network]\nAddress=10.0.0.9/24\n",
      "/etc/NetworkManager/system-connections/wired":
        "[connection]\nid=wired\ntype=802-3-ethernet\ninterface-name=ens9\n[ipv4]\nmethod=auto\n",
    });
    expect((await readInterfaces(files)).map(({ name, method }) => [name, method])).toEqual([
      ["eth0", "dhcp"],
      ["en*", "static"],
      ["ens9", "dhcp"],
    ]);
  });
});

describe("services", () => {
  it("are enabled by systemd's links, unless masked", async () => {
    const unit = { "/lib/systemd/system/firewalld.service": "[Unit]\n" };
    const link = {
      "/etc/systemd/system/multi-user.target.wants/firewalld.service": {
        link: "/lib/systemd/system/firewalld.service",
      },
    };
    const mask = { "/etc/systemd/system/firewalld.service": { link: "/dev/null" } };
    const enabled = async (tree: PhonyTree) =>
      (await readFirewalls(new MemoryGuestFiles(tree)))[0]?.enabledAtBoot;
    expect(await enabled(unit)).toBe(false);
    expect(await enabled({ ...unit, ...link })).toBe(true);
    expect(await enabled({ ...unit, ...link, ...mask })).toBe(false);
  });

  it("are enabled by run-level links and by upstart jobs", async () => {
    const sysv = {
      "/etc/init.d/iptables": "",
      "/etc/rc.d/rc3.d/S08iptables": { link: "../init.d/iptables" },
    };
    expect(await readFirewalls(new MemoryGuestFiles(sysv))).toEqual([
      { name: "iptables", enabledAtBoot: true, source: "/etc/rc.d/rc3.d/S08iptables" },
    ]);
    const upstart = { "/etc/init/network-manager.conf": "start on stopped rc\n" };
    expect(await readNetworkManager(new MemoryGuestFiles(upstart))).toMatchObject({ enabledAtBoot: true });
    const silenced = { ...upstart, "/etc/init/network-manager.override": "manual\n" };
    expect(await readNetworkManager(new MemoryGuestFiles(silenced))).toMatchObject({ enabledAtBoot: false });
    expect(await readNetworkManager(new MemoryGuestFiles({}))).toBeNull();
  });

  it("count ufw only when it is switched on", async () => {
    const tree = (on: string) => ({
      "/lib/systemd/system/ufw.service": "",
      "/etc/systemd/system/multi-user.target.wants/ufw.service": { link: "/lib/systemd/system/ufw.service" },
      "/etc/ufw/ufw.conf": `ENABLED=${on}\n`,
    });
    expect((await readFirewalls(new MemoryGuestFiles(tree("no"))))[0]?.enabledAtBoot).toBe(false);
    expect((await readFirewalls(new MemoryGuestFiles(tree("yes"))))[0]?.source).toBe("/etc/ufw/ufw.conf");
  });
});

describe("settings", () => {
  it("are read as their own programs read them", async () => {
    const files = new MemoryGuestFiles({
      "/etc/selinux/config": "#SELINUX=disabled\nSELINUX=Permissive\n",
      "/etc/ssh/sshd_config":
        "Include /etc/ssh/sshd_config.d/*.conf\nPort 22\nPermitRootLogin yes\nMatch User x\n  PermitRootLogin no\n",
      "/etc/ssh/sshd_config.d/10-port.conf": "Port 2222\nPermitRootLogin no\n",
      "/etc/sysconfig/network": "NETWORKING=yes\nHOSTNAME=old.example\n",
      "/etc/sysctl.d/10-v6.conf": "net.ipv6.conf.all.disable_ipv6 = 1\n",
    });
    expect(await readSelinux(files)).toEqual({ configured: "permissive", source: "/etc/selinux/config" });
    expect(await readSshd(files)).toEqual({ installed: true, ports: [2222, 22], permitRootLogin: "no" });
    expect(await readHostname(files)).toBe("old.example");
    expect(await readIpv6Disabled(files)).toBe(true);
  });
});
