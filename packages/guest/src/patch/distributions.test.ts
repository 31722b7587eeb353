import { MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import { inspectDisk } from "../inspect-disk.ts";
import type { DiskInspection } from "../inspection.ts";
import { debianTree, makePhonyDisk, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools } from "../testing/tools.ts";
import { makePatch } from "./make-patch.ts";

const program = debianTree["/usr/bin/dash"] ?? "";
const units = "/usr/lib/systemd/system";
const wants = "/etc/systemd/system/multi-user.target.wants";
const enabled = (n: string): PhonyTree => ({
  [`${units}/${n}.service`]: "[Unit]\n",
  [`${wants}/${n}.service`]: { link: `${units}/${n}.service` },
});
const udev = { "/usr/lib/udev/rules.d/80-net-setup-link.rules": "" };
const base: PhonyTree = {
  "/usr/bin/bash": program,
  "/bin": { link: "usr/bin" },
  "/sbin": { link: "usr/sbin" },
  "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
  "/etc/shadow": "root:$6$x:1:::::\n",
  "/etc/hostname": "h\n",
  "/usr/sbin/sshd": program,
};
/** Guests as other machines leave them, by the stack that boots them and brings up their network. */
const trees: Readonly<Record<string, PhonyTree>> = {
  "CentOS 7: GRUB 2, NetworkManager over ifcfg": {
    ...base,
    ...udev,
    ...enabled("NetworkManager"),
    ...enabled("firewalld"),
    ...enabled("vmtoolsd"),
    [`${units}/sshd.service`]: "",
    "/usr/sbin/init": { link: "../lib/systemd/systemd" },
    "/usr/lib/systemd/systemd": program,
    "/etc/os-release": 'ID="centos"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n',
    "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n",
    "/etc/fstab":
      "/dev/sda1 / ext4 defaults 1 1\n/dev/mapper/centos-home /home xfs defaults 0 0\n/dev/sdb1 /data xfs defaults 0 0\n",
    "/etc/selinux/config": "SELINUX=enforcing\n",
    "/etc/sysconfig/network-scripts/ifcfg-ens192":
      "DEVICE=ens192\nBOOTPROTO=none\nIPADDR=10.0.0.1\nONBOOT=yes\nIPV6ADDR=fd00::1\n",
    "/etc/rc.d/init.d/network": "#!/bin/bash\n# chkconfig: - 10 90\n. ./network-scripts/x\n",
    "/usr/sbin/dhclient": program,
    "/etc/rc.d/rc3.d/S10network": { link: "../init.d/network" },
    "/boot/grub2/grub.cfg":
      "menuentry 'C' {\n\tlinux16 /boot/vmlinuz-3.10.0-1160.el7.x86_64 root=/dev/sda1 ro rhgb quiet\n\tinitrd16 /boot/initramfs-3.10.0-1160.el7.x86_64.img\n}\n",
    "/boot/vmlinuz-3.10.0-1160.el7.x86_64": "k",
    "/etc/default/grub": 'GRUB_CMDLINE_LINUX="rhgb quiet"\n',
    "/etc/ssh/sshd_config": "ListenAddress 10.0.0.1\n",
    "/etc/cloud/cloud.cfg": "users: []\n",
    "/usr/bin/cloud-init": "",
    "/usr/lib/python2.7/site-packages/cloudinit/sources/DataSourceAliYun.py": "",
  },
  "CentOS 6: GRUB legacy, SysV scripts": {
    ...base,
    "/usr/sbin/init": program,
    "/etc/centos-release": "CentOS release 6.10 (Final)\n",
    "/etc/redhat-release": "CentOS release 6.10 (Final)\n",
    "/etc/fstab": "UUID=aaaa-bbbb / ext4 defaults 1 1\n",
    "/boot/grub/grub.conf":
      "default=0\ntitle CentOS\n\troot (hd0,0)\n\tkernel /boot/vmlinuz-2.6.32 ro root=/dev/sda1 rhgb quiet\n\tinitrd /boot/initramfs-2.6.32.img\n",
    "/boot/grub/menu.lst": { link: "./grub.conf" },
    "/etc/grub.conf": { link: "../boot/grub/grub.conf" },
    "/boot/vmlinuz-2.6.32": "k",
    "/etc/rc.d/init.d/network": "#!/bin/bash\n# chkconfig: 2345 10 90\n/etc/sysconfig/network-scripts\n",
    "/etc/rc.d/init.d/iptables": "",
    "/etc/rc.d/init.d/sshd": "# chkconfig: 2345 55 25\n",
    "/etc/rc.d/rc3.d/S10network": { link: "../init.d/network" },
    "/etc/rc.d/rc3.d/S08iptables": { link: "../init.d/iptables" },
    "/etc/rc3.d": { link: "rc.d/rc3.d" },
    "/etc/sysconfig/network-scripts/ifcfg-eth0":
      "DEVICE=eth0\nHWADDR=00:0C:29:11:22:33\nBOOTPROTO=static\nIPADDR=1.2.3.4\nNETMASK=255.0.0.0\nONBOOT=yes\n",
    "/etc/udev/rules.d/70-persistent-net.rules":
      'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="00:0c:29:11:22:33", ATTR{type}=="1", KERNEL=="eth*", NAME="eth0"\n',
    "/etc/ssh/sshd_config": "Port 22\n",
  },
  "SLES 12: wicked, links by id": {
    ...base,
    "/usr/sbin/init": { link: "../lib/systemd/systemd" },
    "/usr/lib/systemd/systemd": program,
    "/etc/os-release": 'ID="sles"\nVERSION_ID="12.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 12 SP5"\n',
    "/etc/fstab": "/dev/disk/by-id/ata-VMware_1-part1 / ext4 acl 1 1\n",
    "/boot/grub2/grub.cfg":
      "menuentry 'SLES' {\n  linux /boot/vmlinuz-4.12 root=/dev/disk/by-id/ata-VMware_1-part1 resume=/dev/disk/by-id/ata-VMware_1-part2 splash=silent\n  initrd /boot/initrd-4.12\n}\n",
    "/boot/vmlinuz-4.12": "k",
    [`${units}/wicked.service`]: "",
    "/etc/systemd/system/network.service": { link: `${units}/wicked.service` },
    [`${wants}/wicked.service`]: { link: `${units}/wicked.service` },
    ...enabled("SuSEfirewall2"),
    ...enabled("sshd"),
    "/etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='static'\nSTARTMODE='auto'\nIPADDR='10.1.1.1/24'\n",
  },
  "Ubuntu 22.04: netplan": {
    ...base,
    ...udev,
    "/usr/sbin/init": { link: "/lib/systemd/systemd" },
    "/usr/lib/systemd/systemd": program,
    "/lib": { link: "usr/lib" },
    "/etc/os-release": 'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04.3 LTS"\n',
    "/etc/fstab": "/dev/disk/by-uuid/1234 / ext4 defaults 0 1\n/swap.img none swap sw 0 0\n",
    "/usr/sbin/netplan": "",
    "/etc/netplan/00-installer-config.yaml":
      "network:\n  ethernets:\n    ens160:\n      addresses:\n      - 10.0.0.1/24\n  version: 2\n",
    ...enabled("ufw"),
    "/etc/ufw/ufw.conf": "ENABLED=yes\n",
    ...enabled("ssh"),
    ...enabled("open-vm-tools"),
    ...enabled("systemd-networkd"),
    "/boot/grub/grub.cfg":
      "menuentry 'U' {\n\tlinux\t/boot/vmlinuz-5.15 root=UUID=1234 ro\n\tinitrd\t/boot/initrd.img-5.15\n}\n",
    "/boot/vmlinuz-5.15": "k",
  },
  "Alpine: extlinux, OpenRC, ifupdown": {
    ...base,
    "/usr/sbin/init": { link: "/bin/busybox" },
    "/usr/bin/busybox": program,
    "/usr/sbin/ifup": "",
    "/usr/sbin/udhcpc": "",
    "/etc/os-release": 'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n',
    "/etc/fstab": "/dev/sda1 / ext4 rw 0 1\n",
    "/etc/init.d/networking": "",
    "/etc/runlevels/boot/networking": { link: "/etc/init.d/networking" },
    "/etc/init.d/iptables": "",
    "/etc/runlevels/default/iptables": { link: "/etc/init.d/iptables" },
    "/etc/init.d/sshd": "",
    "/etc/network/interfaces":
      "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n\taddress 10.0.0.3\n",
    "/boot/extlinux.conf":
      "DEFAULT l\nLABEL l\n  LINUX vmlinuz-lts\n  INITRD initramfs-lts\n  APPEND root=/dev/sda1 modules=sd-mod,ext4 quiet\n",
    "/boot/vmlinuz-lts": "k",
  },
};
describe.skipIf(!hasTools("mke2fs", "debugfs", "sfdisk"))(
  "the patch of a phony guest (needs e2fsprogs)",
  () => {
    it.each(Object.entries(trees))("leaves nothing that a fix-up mends: %s", async (_, tree) => {
      const disk = await makePhonyDisk(tree, { offsetBytes: MiB, mke2fs: ["-b", "4096"] });
      try {
        const mendable = (inspection: DiskInspection) =>
          assessDisk({ inspection, disk: { sizeBytes: disk.source.sizeBytes, system: true }, diskCount: 1 })
            .filter((finding) => finding.fixup !== null)
            .map((finding) => finding.message);
        const before = await inspectDisk(disk.source);
        expect(mendable(before).length).toBeGreaterThan(1);
        const { record, overlay } = await makePatch(disk.source, before);
        expect(record.notes).toEqual([]);
        expect(record.diff).toMatch(/^\+.* console=tty0 console=ttyS0,115200n8/m);
        const after = await inspectDisk(overlay);
        expect(mendable(after)).toEqual([]);
        expect((await makePatch(overlay, after)).record.changes).toEqual([]);
      } finally {
        await disk.remove();
      }
    });
  },
);
