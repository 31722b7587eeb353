import { phonyUuid } from "../apply-fixup.ts";
import {
  bootRoot,
  fstabByUuid,
  known,
  osRelease,
  type PhonyGuest,
  phonyGuest,
  program,
  rootByUuid,
  unit,
  unitFacts,
} from "./phony-guest.ts";

const suse = (name: string, version: string, patch = "") => ({
  "/etc/SuSE-release": `${name}\nVERSION = ${version}\n${patch}`,
});
const sles11 = "SUSE Linux Enterprise Server 11 (x86_64)";
const unregistered = { product: "sles", registered: false, source: "/etc/zypp/zypp.conf" } as const;
const unknown = { product: "sles", registered: null, source: null } as const;

/** SUSE, and what is like nothing else. */
export const otherGuests: readonly PhonyGuest[] = [
  phonyGuest(
    "SLES 10",
    {
      ...known("sles", "SUSE Linux Enterprise Server 10 (i586)", "10.4", 10, 4),
      architecture: "i386",
      licence: unknown,
    },
    {
      ...suse("SUSE Linux Enterprise Server 10 (i586)", "10", "PATCHLEVEL = 4\n"),
      "/bin/ls": program(3, 32),
    },
  ),
  phonyGuest(
    "SLES 11",
    {
      ...known("sles", sles11, "11.4", 11, 4),
      hostname: "sles.example",
      firewalls: [
        {
          name: "SuSEfirewall2_setup",
          enabledAtBoot: true,
          source: "/etc/init.d/rc3.d/S11SuSEfirewall2_setup",
        },
      ],
      interfaces: [{ name: "eth0", method: "dhcp", ipv6: [], source: "/etc/sysconfig/network/ifcfg-eth0" }],
      licence: unregistered,
      hardwareClock: "utc",
    },
    {
      ...suse(sles11, "11", "PATCHLEVEL = 4\n"),
      "/etc/hostname": { link: "HOSTNAME" },
      "/etc/HOSTNAME": "sles.example\n",
      "/sbin/init": program(62),
      "/etc/inittab": "id:3:initdefault:\n",
      "/etc/init.d/SuSEfirewall2_setup": "",
      "/etc/init.d/rc3.d/S11SuSEfirewall2_setup": { link: "../SuSEfirewall2_setup" },
      "/etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n",
      "/etc/sysconfig/clock": 'HWCLOCK="-u"\n',
      "/etc/zypp/zypp.conf": "",
    },
  ),
  phonyGuest(
    "SLES 12",
    {
      ...known("sles", "SUSE Linux Enterprise Server 12 SP5", "12.5", 12, 5),
      licence: { product: "sles", registered: true, source: "/etc/zypp/credentials.d/SCCcredentials" },
    },
    {
      ...osRelease("sles", "12.5", "SUSE Linux Enterprise Server 12 SP5"),
      "/etc/zypp/credentials.d/SCCcredentials": "username=x\n",
    },
  ),
  phonyGuest(
    "SLES 15",
    { ...known("sles", "SUSE Linux Enterprise Server 15 SP4", "15.4", 15, 4), licence: unknown },
    osRelease("sles", "15.4", "SUSE Linux Enterprise Server 15 SP4"),
  ),
  phonyGuest(
    "openSUSE 11.4",
    known("opensuse", "openSUSE 11.4 (x86_64)", "11.4", 11, 4),
    suse("openSUSE 11.4 (x86_64)", "11.4", "CODENAME = Celadon\n"),
  ),
  phonyGuest(
    "openSUSE 13.1",
    known("opensuse", "openSUSE 13.1 (Bottle) (x86_64)", "13.1", 13, 1),
    osRelease("opensuse", "13.1", "openSUSE 13.1 (Bottle) (x86_64)"),
  ),
  phonyGuest(
    "openSUSE Leap 15",
    known("opensuse", "openSUSE Leap 15.5", "15.5", 15, 5),
    osRelease("opensuse-leap", "15.5", "openSUSE Leap 15.5"),
  ),
  phonyGuest(
    "openSUSE Tumbleweed",
    known("opensuse", "openSUSE Tumbleweed", null, null, null),
    osRelease("opensuse-tumbleweed", "20240101", "openSUSE Tumbleweed"),
  ),
  phonyGuest(
    "Container Linux",
    known("coreos", "Container Linux by CoreOS 1745.7.0 (Rhyolite)", "1745.7.0", 1745, 7),
    osRelease("coreos", "1745.7.0", "Container Linux by CoreOS 1745.7.0 (Rhyolite)"),
  ),
  phonyGuest("CoreOS 899", known("coreos", "CoreOS 899.13.0", "899.13.0", 899, 13), {
    "/usr/share/coreos/lsb-release": 'DISTRIB_ID="CoreOS"\nDISTRIB_RELEASE=899.13.0\n',
  }),
  phonyGuest(
    "Flatcar",
    known("flatcar", "Flatcar Container Linux by Kinvolk 3510.2.8 (Oklo)", "3510.2.8", 3510, 2),
    osRelease("flatcar", "3510.2.8", "Flatcar Container Linux by Kinvolk 3510.2.8 (Oklo)"),
  ),
  phonyGuest(
    "Gentoo",
    {
      ...known("gentoo", "Gentoo Base System release 2.14", "2.14", 2, 14),
      interfaces: [{ name: "eth0", method: "dhcp", ipv6: [], source: "/etc/conf.d/net" }],
      hardwareClock: "utc",
    },
    {
      "/etc/gentoo-release": "Gentoo Base System release 2.14\n",
      "/etc/conf.d/net": 'config_eth0="dhcp"\n',
      "/etc/conf.d/hwclock": 'clock="UTC"\n',
    },
  ),
  phonyGuest(
    "Arch",
    {
      ...known("arch", "Arch Linux", null, null, null),
      fstab: [rootByUuid],
      networkManager: unitFacts("NetworkManager", false),
      interfaces: [
        { name: "en*", method: "dhcp", ipv6: ["dhcp6"], source: "/etc/systemd/network/20-wired.network" },
      ],
      bootLoaders: [
        {
          kind: "systemd-boot",
          source: "/boot/loader/entries/arch.conf",
          roots: [bootRoot(3)],
          serialConsole: false,
        },
      ],
    },
    {
      "/etc/arch-release": "",
      ...fstabByUuid,
      ...unit("NetworkManager", false),
      "/etc/systemd/network/20-wired.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n",
      "/boot/loader/loader.conf": "default arch.conf\n",
      "/boot/loader/entries/arch.conf": `title Arch Linux\nlinux /vmlinuz-linux\noptions root=UUID=${phonyUuid} rw\n`,
    },
  ),
  phonyGuest(
    "Alpine",
    {
      ...known("alpine", "Alpine Linux v3.19", "3.19.1", 3, 19),
      fstab: [rootByUuid],
      firewalls: [{ name: "iptables", enabledAtBoot: true, source: "/etc/runlevels/default/iptables" }],
      interfaces: [{ name: "eth0", method: "dhcp", ipv6: [], source: "/etc/network/interfaces" }],
      sshd: { installed: true, ports: [2222], permitRootLogin: "no" },
      bootLoaders: [
        { kind: "extlinux", source: "/boot/extlinux.conf", roots: [bootRoot(5)], serialConsole: true },
      ],
    },
    {
      ...osRelease("alpine", "3.19.1", "Alpine Linux v3.19"),
      "/etc/alpine-release": "3.19.1\n",
      ...fstabByUuid,
      "/sbin/init": { link: "/bin/busybox" },
      "/bin/busybox": program(62),
      "/etc/init.d/iptables": "",
      "/etc/runlevels/default/iptables": { link: "/etc/init.d/iptables" },
      "/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n",
      "/usr/sbin/dropbear": program(62),
      "/etc/conf.d/dropbear": 'DROPBEAR_OPTS="-w -p 2222"\n',
      "/boot/extlinux.conf": `DEFAULT menu.c32\nLABEL virt\n  MENU DEFAULT\n  LINUX vmlinuz-virt\n  APPEND root=UUID=${phonyUuid} console=ttyS0\n`,
    },
  ),
  phonyGuest(
    "Slackware",
    {
      ...known("slackware", "Slackware 13.37.0", "13.37.0", 13, 37),
      bootLoaders: [
        {
          kind: "lilo",
          source: "/etc/lilo.conf",
          roots: [{ device: "/dev/sda1", naming: "device", resolved: true, line: 3 }],
          serialConsole: false,
        },
      ],
      hardwareClock: "local",
    },
    {
      "/etc/slackware-version": "Slackware 13.37.0\n",
      "/etc/lilo.conf": "boot = /dev/sda\nimage = /boot/vmlinuz\n  root = /dev/sda1\n  label = Linux\n",
      "/boot/map": "",
      "/etc/hardwareclock": "# how the clock is set\nlocaltime\n",
    },
  ),
  phonyGuest("Void", known("void", "Void Linux", null, null, null), {
    "/etc/os-release": 'ID="void"\nPRETTY_NAME="Void Linux"\n',
  }),
];
