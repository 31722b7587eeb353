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
  systemd,
  unit,
  unitFacts,
} from "./phony-guest.ts";

const lsb = (id: string, release: string, description: string) => ({
  "/etc/lsb-release": `DISTRIB_ID=${id}\nDISTRIB_RELEASE=${release}\nDISTRIB_DESCRIPTION="${description}"\n`,
});
const debian = (version: string) => ({ "/etc/debian_version": `${version}\n` });

/** Debian's family. */
export const debianGuests: readonly PhonyGuest[] = [
  phonyGuest(
    "Debian 5",
    {
      ...known("debian", "Debian GNU/Linux 5.0.1", "5.0.1", 5, 0),
      fstab: [rootByUuid],
      interfaces: [{ name: "eth0", method: "dhcp", ipv6: [], source: "/etc/network/interfaces" }],
      bootLoaders: [
        { kind: "grub-legacy", source: "/boot/grub/menu.lst", roots: [bootRoot(3)], serialConsole: false },
      ],
      hardwareClock: "utc",
    },
    {
      ...debian("5.0.1"),
      ...fstabByUuid,
      "/etc/network/interfaces": "auto lo eth0\niface lo inet loopback\niface eth0 inet dhcp\n",
      "/boot/grub/menu.lst": `default 0\ntitle Debian GNU/Linux, kernel 2.6.26\nkernel /boot/vmlinuz-2.6.26 root=UUID=${phonyUuid} ro\n`,
      "/etc/default/rcS": "UTC=yes\n",
    },
  ),
  phonyGuest("Debian 6", known("debian", "Debian GNU/Linux 6.0.10", "6.0.10", 6, 0), debian("6.0.10")),
  phonyGuest(
    "Debian 7",
    {
      ...known("debian", "Debian GNU/Linux 7 (wheezy)", "7.11", 7, 11),
      sshd: { installed: true, ports: [22], permitRootLogin: null },
      firewalls: [{ name: "shorewall", enabledAtBoot: true, source: "/etc/rcS.d/S40shorewall" }],
    },
    {
      ...osRelease("debian", "7", "Debian GNU/Linux 7 (wheezy)"),
      ...debian("7.11"),
      "/sbin/init": program(62),
      "/etc/init.d/shorewall": "",
      "/etc/rcS.d/S40shorewall": { link: "../init.d/shorewall" },
      "/lib/systemd/system/shorewall.service": "",
      "/usr/sbin/sshd": program(62),
      "/etc/ssh/sshd_config": "Port 22\n",
    },
  ),
  phonyGuest(
    "Debian 12",
    {
      ...known("debian", "Debian GNU/Linux 12 (bookworm)", "12.4", 12, 4),
      architecture: "aarch64",
      fstab: [rootByUuid],
      firewalls: [unitFacts("nftables", true, "sysinit.target")],
      interfaces: [
        { name: "ens3", method: "dhcp", ipv6: ["auto"], source: "/etc/network/interfaces.d/50-cloud-init" },
      ],
      cloudInit: { installed: true, enabledAtBoot: true, datasources: ["AliYun", "None"] },
      rootAccount: { password: "locked", hasAuthorizedKeys: true },
      guestAgent: unitFacts("qemu-guest-agent", false),
      encrypted: [{ name: "data", device: "UUID=123", line: 1 }],
      bootLoaders: [
        { kind: "grub2", source: "/boot/grub/grub.cfg", roots: [bootRoot(2)], serialConsole: false },
      ],
      hardwareClock: "utc",
    },
    {
      ...osRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
      ...debian("12.4"),
      ...fstabByUuid,
      ...systemd,
      ...unit("nftables", true, "sysinit.target"),
      ...unit("qemu-guest-agent", false),
      ...unit("cloud-init", true, "cloud-init.target"),
      "/bin/ls": program(183),
      "/etc/cloud/cloud.cfg": "datasource_list: [NoCloud]\n",
      "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ AliYun, None ]\n",
      "/etc/network/interfaces": "source /etc/network/interfaces.d/*\n",
      "/etc/network/interfaces.d/50-cloud-init": "auto ens3\niface ens3 inet dhcp\niface ens3 inet6 auto\n",
      "/etc/crypttab": "data UUID=123 none luks\n",
      "/etc/shadow": "root:*:19000:0:99999:7:::\n",
      "/root/.ssh/authorized_keys": "ssh-ed25519 AAAA admin\n",
      "/boot/grub/grub.cfg": `menuentry 'Debian GNU/Linux' {\n\tlinux /boot/vmlinuz-6.1 root=UUID=${phonyUuid} ro quiet\n}\n`,
      "/etc/adjtime": "0.0 0 0.0\n0\nUTC\n",
    },
  ),
  phonyGuest("Debian testing", known("debian", "Debian GNU/Linux trixie/sid", "13", 13, 0), {
    "/etc/os-release": 'ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"\n',
    ...debian("trixie/sid"),
  }),
  phonyGuest("Ubuntu 10.04", known("ubuntu", "Ubuntu 10.04.4 LTS", "10.04.4", 10, 4), {
    ...lsb("Ubuntu", "10.04", "Ubuntu 10.04.4 LTS"),
    ...debian("squeeze/sid"),
  }),
  phonyGuest("Ubuntu 10.10", known("ubuntu", "Ubuntu 10.10 (Phony Pharaoh)", "10.10", 10, 10), {
    ...lsb("Ubuntu", "10.10", "Ubuntu 10.10 (Phony Pharaoh)"),
    ...debian("5.0.1"),
  }),
  phonyGuest(
    "Ubuntu 14.04",
    {
      ...known("ubuntu", "Ubuntu 14.04.6 LTS", "14.04.6", 14, 4),
      networkManager: {
        name: "network-manager",
        enabledAtBoot: true,
        source: "/etc/init/network-manager.conf",
      },
      firewalls: [{ name: "ufw", enabledAtBoot: true, source: "/etc/ufw/ufw.conf" }],
    },
    {
      ...osRelease("ubuntu", "14.04", "Ubuntu 14.04.6 LTS", 'VERSION="14.04.6 LTS, Trusty Tahr"\n'),
      ...debian("jessie/sid"),
      "/sbin/init": program(62),
      "/etc/init/network-manager.conf": "start on (local-filesystems\n\tand started dbus)\n",
      "/etc/init/ufw.conf": "start on (starting network-interface\n\tor starting network-manager)\n",
      "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
    },
  ),
  phonyGuest(
    "Ubuntu 18.04",
    {
      ...known("ubuntu", "Ubuntu 18.04.6 LTS", "18.04.6", 18, 4),
      interfaces: [{ name: "ens160", method: "static", ipv6: [], source: "/etc/netplan/50-cloud-init.yaml" }],
      hypervisorTools: [unitFacts("open-vm-tools", true)],
    },
    {
      ...osRelease("ubuntu", "18.04", "Ubuntu 18.04.6 LTS", 'VERSION="18.04.6 LTS (Bionic Beaver)"\n'),
      ...systemd,
      ...unit("open-vm-tools", true),
      "/etc/netplan/50-cloud-init.yaml":
        "network:\n    ethernets:\n        ens160:\n            addresses: [10.0.0.2/24]\n            gateway4: 10.0.0.1\n    version: 2\n",
    },
  ),
  phonyGuest(
    "Ubuntu 24.04",
    {
      ...known("ubuntu", "Ubuntu 24.04.1 LTS", "24.04.1", 24, 4),
      sshd: { installed: true, ports: [2222], permitRootLogin: "no" },
    },
    {
      ...osRelease("ubuntu", "24.04", "Ubuntu 24.04.1 LTS", 'VERSION="24.04.1 LTS (Noble Numbat)"\n'),
      ...systemd,
      "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n",
      "/etc/ssh/sshd_config.d/50-cloud-init.conf": "PermitRootLogin no\nPort 2222\n",
      "/usr/lib/systemd/system/ssh.socket": "[Socket]\nListenStream=22\n",
      "/usr/lib/systemd/system-generators/sshd-socket-generator": program(62),
      "/etc/systemd/system/sockets.target.wants/ssh.socket": { link: "/usr/lib/systemd/system/ssh.socket" },
    },
  ),
  phonyGuest("Linux Mint 17", known("linuxmint", "Linux Mint 17.3 Rosa", "17.3", 17, 3), {
    ...osRelease("ubuntu", "14.04", "Ubuntu 14.04.5 LTS"),
    "/etc/linuxmint/info": 'RELEASE=17.3\nDESCRIPTION="Linux Mint 17.3 Rosa"\n',
  }),
  phonyGuest("UOS 20", known("uos", "UnionTech OS Server 20", "20", 20, 0), {
    ...osRelease("uos", "20", "UnionTech OS Server 20"),
    ...debian("10.5"),
  }),
];
