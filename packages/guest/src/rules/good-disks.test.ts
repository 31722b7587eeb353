import { closeSync, openSync, writeSync } from "node:fs";
import { GiB, MiB } from "@sampan/core";
import { describe, expect, it } from "vitest";
import { assessDisk } from "../assess-disk.ts";
import { inspectDisk } from "../inspect-disk.ts";
import { debianTree, makePhonyDisk, type PhonyTree } from "../testing/phony-disk.ts";
import { hasTools } from "../testing/tools.ts";
import type { ProfileName } from "./rule.ts";

const uuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";
const root = `UUID=${uuid}`;

/** What every well-kept guest has, with a kernel whose drivers are built in. */
function guestTree(kernel: string): PhonyTree {
  const drivers = ["block/virtio_blk", "net/virtio_net", "virtio/virtio_pci", "nvme/host/nvme"];
  return {
    ...debianTree,
    "/boot/grub/grub.cfg": `menuentry 'Linux' {\n\tlinux /boot/vmlinuz-${kernel} root=${root} ro console=ttyS0\n\tinitrd /boot/initrd.img-${kernel}\n}\n`,
    [`/boot/vmlinuz-${kernel}`]: "kernel",
    [`/lib/modules/${kernel}/modules.builtin`]: drivers.map((one) => `kernel/drivers/${one}.ko\n`).join(""),
    [`/lib/modules/${kernel}/modules.dep`]: "",
    "/etc/fstab": `${root} / ext4 errors=remount-ro 0 1\n`,
    "/etc/adjtime": "0.0 0 0.0\n0\nUTC\n",
    "/etc/shadow": "root:$6$salt$hash:19000:0:99999:7:::\n",
    "/etc/ssh/sshd_config": "Port 22\nPermitRootLogin yes\n",
    "/etc/selinux/config": "SELINUX=disabled\n",
    "/usr/sbin/sshd": "sshd",
    "/usr/bin/cloud-init": "cloud-init",
    "/usr/bin/growpart": "growpart",
    "/etc/cloud/cloud.cfg": "datasource_list: [ AliYun ]\n",
    "/lib/systemd/system/cloud-init.service": "[Unit]\n",
    "/etc/systemd/system/cloud-init.target.wants/cloud-init.service": {
      link: "/lib/systemd/system/cloud-init.service",
    },
  };
}

const release = (id: string, version: string, name: string): PhonyTree => ({
  "/etc/os-release": `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${name}"\n`,
});
const ifcfg = { "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n" };
const ifupdown = { "/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n" };
const netplan = {
  "/etc/netplan/50-cloud-init.yaml": "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n",
};

const disks: readonly (readonly [string, ProfileName, PhonyTree])[] = [
  ["Debian 12", "current", { ...guestTree("6.1.0-18-amd64"), ...ifupdown }],
  [
    "Ubuntu 22.04",
    "current",
    { ...guestTree("5.15.0-94-generic"), ...release("ubuntu", "22.04", "Ubuntu 22.04.3 LTS"), ...netplan },
  ],
  [
    "CentOS 7",
    "current",
    { ...guestTree("3.10.0-1160.el7.x86_64"), ...release("centos", "7", "CentOS Linux 7 (Core)"), ...ifcfg },
  ],
  [
    "CentOS 7",
    "whitepaper-2017",
    { ...guestTree("3.10.0-1160.el7.x86_64"), ...release("centos", "7", "CentOS Linux 7 (Core)"), ...ifcfg },
  ],
  [
    "Rocky 9",
    "current",
    { ...guestTree("5.14.0-362.el9.x86_64"), ...release("rocky", "9.3", "Rocky Linux 9.3"), ...ifcfg },
  ],
];

describe.skipIf(!hasTools("mke2fs", "debugfs", "sfdisk"))(
  "well-kept disks (needs e2fsprogs and fdisk)",
  () => {
    it.each(disks)("%s has no finding in the profile %s", async (_, profile, tree) => {
      const disk = await makePhonyDisk(tree, { offsetBytes: MiB, mke2fs: ["-U", uuid, "-O", "^64bit"] });
      try {
        const boot = openSync(disk.path, "r+");
        writeSync(boot, Uint8Array.of(0xeb, 0x63, 0x90), 0, 3, 0);
        closeSync(boot);
        const inspection = await inspectDisk(disk.source);
        expect(inspection.notes).toEqual([]);
        const input = { inspection, disk: { sizeBytes: 40 * GiB, system: true }, diskCount: 1 };
        expect(assessDisk(input, { profile })).toEqual([]);
      } finally {
        await disk.remove();
      }
    });
  },
);
