import type { LinuxFacts, WindowsFacts } from "../facts.ts";
import type { ProfileName } from "../rules/rule.ts";
import { type GuestChange, goodLinux } from "./good-guests.ts";

function linux(family: string, version: string, kernel: string, more: Partial<LinuxFacts> = {}): GuestChange {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [known] = goodLinux.kernels;
  const path = `/boot/vmlinuz-${kernel}`;
  const kernels = known === undefined ? [] : [{ ...known, version: kernel, path }];
  return { linux: { family, name: `${family} ${version}`, version, major, minor, kernels, ...more } };
}

function windows(
  name: string,
  build: number,
  edition: string,
  more: Partial<WindowsFacts> = {},
): GuestChange {
  const productType = name.includes("Server") ? "server" : "client";
  return { windows: { name, build, edition, productType, ...more } };
}

const registered = { product: "rhel", registered: true, source: "/etc/pki/consumer/cert.pem" } as const;

/** Well-kept guests of today and of 2017, by the profile they are good in. */
export const goodGuests: readonly (readonly [string, ProfileName, GuestChange])[] = [
  ["Debian 12", "current", linux("debian", "12.4", "6.1.0-18-amd64")],
  [
    "Ubuntu 22.04",
    "current",
    linux("ubuntu", "22.04", "5.15.0-94-generic", {
      rootAccount: { password: "locked", hasAuthorizedKeys: false },
    }),
  ],
  ["Ubuntu 24.04", "current", linux("ubuntu", "24.04", "6.8.0-31-generic")],
  [
    "CentOS 7 on XFS",
    "current",
    { ...linux("centos", "7.9", "3.10.0-1160.el7.x86_64"), fileSystem: { kind: "xfs" } },
  ],
  ["RHEL 8", "current", linux("rhel", "8.9", "4.18.0-513.el8.x86_64", { licence: registered })],
  ["Rocky 9", "current", linux("rocky", "9.3", "5.14.0-362.el9.x86_64", { networkManager: null })],
  [
    "AlmaLinux 9 for aarch64",
    "current",
    linux("almalinux", "9.3", "5.14.0-362.el9.aarch64", { architecture: "aarch64", bootMode: "UEFI" }),
  ],
  ["openSUSE Leap 15", "current", linux("opensuse", "15.5", "5.14.21-150500.53-default")],
  ["Alibaba Cloud Linux 3", "current", linux("alinux", "3", "5.10.134-16.al8.x86_64")],
  ["Gentoo", "current", linux("gentoo", "2.14", "6.6.13-gentoo")],
  ["Windows Server 2012 R2", "current", windows("Windows Server 2012 R2 Standard", 9600, "ServerStandard")],
  ["Windows Server 2016", "current", windows("Windows Server 2016 Datacenter", 14_393, "ServerDatacenter")],
  ["Windows Server 2022", "current", windows("Windows Server 2022 Standard", 20_348, "ServerStandard")],
  [
    "Windows Server 2008 R2",
    "current",
    windows("Windows Server 2008 R2 Enterprise", 7601, "ServerEnterprise"),
  ],
  ["Debian 7", "whitepaper-2017", linux("debian", "7.11", "3.2.0-4-amd64")],
  [
    "CentOS 6",
    "whitepaper-2017",
    { ...linux("centos", "6.9", "2.6.32-696.el6.x86_64"), fileSystem: { kind: "ext3" } },
  ],
  ["RHEL 7", "whitepaper-2017", linux("rhel", "7.3", "3.10.0-514.el7.x86_64", { licence: registered })],
  ["Ubuntu 14.04", "whitepaper-2017", linux("ubuntu", "14.04", "4.4.0-31-generic")],
  ["openSUSE 13.1", "whitepaper-2017", linux("opensuse", "13.1", "3.11.10-29-desktop")],
  ["SLES 12", "whitepaper-2017", linux("sles", "12.2", "4.4.21-69-default")],
  ["CoreOS", "whitepaper-2017", linux("coreos", "681.2.0", "4.0.5")],
  [
    "Windows Server 2008",
    "whitepaper-2017",
    windows("Windows Server (R) 2008 Standard", 6002, "ServerStandard"),
  ],
  ["Windows 7", "whitepaper-2017", windows("Windows 7 Professional", 7601, "Professional")],
  [
    "Windows Server 2012",
    "whitepaper-2017",
    windows("Windows Server 2012 Datacenter", 9200, "ServerDatacenter"),
  ],
];
