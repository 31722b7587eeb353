import { KiB } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFstab } from "../facts/fstab.ts";
import { applyFixup, phonyLayout } from "../testing/apply-fixup.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { fixups } from "./index.ts";

const folder = "/etc/sysconfig/network-scripts";
/** Every kind of file that a fix-up reads or changes. */
const paths = [
  "/etc/fstab",
  "/boot/grub/grub.cfg",
  "/boot/grub/menu.lst",
  "/boot/loader/entries/a.conf",
  "/boot/extlinux.conf",
  "/etc/default/grub",
  "/etc/kernel/cmdline",
  "/etc/selinux/config",
  "/etc/udev/rules.d/70-own.rules",
  "/etc/network/interfaces",
  `${folder}/ifcfg-ens3`,
  "/etc/sysconfig/network/ifcfg-eth1",
  "/etc/netplan/a.yaml",
  "/etc/systemd/network/a.network",
  "/etc/NetworkManager/system-connections/a",
  "/etc/sysctl.d/a.conf",
  "/etc/ssh/sshd_config",
  "/etc/hosts.deny",
];

/** Services that make every kind of configuration count. */
const services: PhonyTree = Object.fromEntries(
  ["networking", "network", "systemd-networkd", "NetworkManager", "wicked", "sshd"].flatMap((name) => [
    [`/usr/lib/systemd/system/${name}.service`, ""],
    [
      `/etc/systemd/system/multi-user.target.wants/${name}.service`,
      { link: `/usr/lib/systemd/system/${name}.service` },
    ],
  ]),
);
const programs: PhonyTree = Object.fromEntries(
  ["ifup", "dhclient", "netplan"].map((name) => [`/usr/sbin/${name}`, ""]),
);

const words = fc.constantFrom(
  ...'iface auto eth0 ens3 inet inet6 static dhcp manual address 10.0.0.1 bridge_ports source linux initrd menuentry title kernel root=/dev/sda1 resume=/dev/sdb1 console=tty0 options append label $kernelopts GRUB_CMDLINE_LINUX= SELINUX=enforcing NAME="eth0" ATTR{address}=="00:0c:29:00:00:01", BOOTPROTO=static ONBOOT=no DEVICE=ens3 IPADDR=1 HWADDR=0 network: ethernets: dhcp4: addresses: - [Match] [Network] [ipv4] [connection] [ethernet] type=ethernet method=manual Name=ens3 DHCP=no Address=1 ListenAddress PermitRootLogin Match Include ALL: /dev/sda1 /dev/sdb1 /dev/disk/by-id/ata-x-part1 UUID=x / ext4 defaults # " \' = \\ {'.split(
    " ",
  ),
);
const text = fc
  .array(
    fc.tuple(
      fc.constantFrom("", "  ", "\t", "# "),
      fc.array(words, { maxLength: 6 }),
      fc.constantFrom("\n", "\r\n", "\n\n"),
    ),
    {
      maxLength: 12,
    },
  )
  .map((lines) => lines.map(([indent, line, end]) => `${indent}${line.join(" ")}${end}`).join(""));

async function applyAll(content: (path: string) => string): Promise<void> {
  const tree: PhonyTree = {
    ...services,
    ...programs,
    ...Object.fromEntries(paths.map((path) => [path, content(path)])),
  };
  const fstab = parseFstab(content("/etc/fstab"), phonyLayout);
  for (const fixup of fixups) {
    for (const permitRootLogin of [null, "yes"] as const) {
      // Throws when the second time changes anything.
      await applyFixup(fixup, tree, { fstab }, { permitRootLogin });
    }
  }
}

describe("every fix-up", () => {
  it("comes to an end on any text, and finds nothing to do the second time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: paths.length, maxLength: paths.length }),
        async (texts) => {
          await applyAll((path) => texts[paths.indexOf(path)] ?? "");
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(["\n", " ", "linux ", "iface eth0 inet ", "\\", "kernel --a ", "GRUB_CMDLINE_LINUX="])(
    "comes to an end on files of nothing but %j",
    async (piece) => {
      const content = piece.repeat(Math.floor((32 * KiB) / piece.length));
      await expect(applyAll(() => content)).resolves.toBeUndefined();
    },
  );
});
