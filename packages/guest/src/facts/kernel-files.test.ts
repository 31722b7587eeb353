import { describe, expect, it } from "vitest";
import { MemoryGuestFiles } from "../testing/memory-guest-files.ts";
import type { PhonyTree } from "../testing/phony-disk.ts";
import { findKernels, type KernelFile } from "./kernel-files.ts";

/** The beginning of a kernel image for x86 that says its version. */
function bzImage(text: string): Uint8Array {
  const bytes = Buffer.alloc(0x4000);
  bytes.write("HdrS", 0x202);
  bytes.writeUInt16LE(0x3000 - 0x200, 0x20e);
  bytes.write(`${text}\0`, 0x3000);
  return bytes;
}

const empty = "";
const k = (path: string, version: string, initramfs: string | null): KernelFile => ({
  path,
  version,
  initramfs,
});
const id = "8c1a0e1d7e5b4a9f8a6e2f0c3b5d7e91";
const coreos = "/boot/ostree/fedora-coreos-5e1f0c";

describe("the kernels of", () => {
  it.each<[string, PhonyTree, readonly KernelFile[]]>([
    [
      "Debian",
      {
        "/boot/config-6.1.0-18-amd64": empty,
        "/boot/initrd.img-6.1.0-9-amd64": empty,
        "/boot/initrd.img-6.1.0-18-amd64": empty,
        "/boot/vmlinuz-6.1.0-9-amd64": empty,
        "/boot/vmlinuz-6.1.0-18-amd64": empty,
        "/boot/vmlinuz-6.1.0-18-amd64.dpkg-bak": empty,
      },
      [
        k("/boot/vmlinuz-6.1.0-18-amd64", "6.1.0-18-amd64", "/boot/initrd.img-6.1.0-18-amd64"),
        k("/boot/vmlinuz-6.1.0-9-amd64", "6.1.0-9-amd64", "/boot/initrd.img-6.1.0-9-amd64"),
      ],
    ],
    [
      "CentOS 5",
      { "/boot/vmlinuz-2.6.18-398.el5": empty, "/boot/initrd-2.6.18-398.el5.img": empty },
      [k("/boot/vmlinuz-2.6.18-398.el5", "2.6.18-398.el5", "/boot/initrd-2.6.18-398.el5.img")],
    ],
    [
      "Rocky, where a rescue system and entries lie beside them",
      {
        "/boot/vmlinuz-5.14.0-362.8.1.el9_3.x86_64": empty,
        "/boot/initramfs-5.14.0-362.8.1.el9_3.x86_64.img": empty,
        [`/boot/vmlinuz-0-rescue-${id}`]: empty,
        [`/boot/initramfs-0-rescue-${id}.img`]: empty,
        [`/boot/loader/entries/${id}-5.14.0-362.8.1.el9_3.x86_64.conf`]:
          "title Rocky\nversion 5.14.0-362.8.1.el9_3.x86_64\nlinux /vmlinuz-5.14.0-362.8.1.el9_3.x86_64\n" +
          "initrd /initramfs-5.14.0-362.8.1.el9_3.x86_64.img $tuned_initrd\noptions root=/dev/sda1\n",
        [`/boot/loader/entries/${id}-0-rescue.conf`]: `linux /vmlinuz-0-rescue-${id}\n`,
      },
      [
        k(
          "/boot/vmlinuz-5.14.0-362.8.1.el9_3.x86_64",
          "5.14.0-362.8.1.el9_3.x86_64",
          "/boot/initramfs-5.14.0-362.8.1.el9_3.x86_64.img",
        ),
      ],
    ],
    [
      "openSUSE, with links beside them and a packed image for debuggers",
      {
        "/boot/vmlinux-5.14.21-150500.53-default.gz": empty,
        "/boot/vmlinuz-5.14.21-150500.53-default": bzImage("5.14.21-150500.53-default (geeko@buildhost)"),
        "/boot/initrd-5.14.21-150500.53-default": empty,
        "/boot/vmlinuz": { link: "vmlinuz-5.14.21-150500.53-default" },
        "/boot/initrd": { link: "initrd-5.14.21-150500.53-default" },
      },
      [
        k(
          "/boot/vmlinuz-5.14.21-150500.53-default",
          "5.14.21-150500.53-default",
          "/boot/initrd-5.14.21-150500.53-default",
        ),
      ],
    ],
    [
      "Alpine, whose names say no version",
      {
        "/boot/vmlinuz-lts": bzImage("6.6.31-0-lts (buildozer@build-3-20-x86_64) #1-Alpine SMP"),
        "/boot/vmlinuz-virt": empty,
        "/boot/initramfs-lts": empty,
        "/boot/initramfs-virt": empty,
        "/lib/modules/6.6.31-0-lts/modules.dep": empty,
        "/lib/modules/6.6.33-0-virt/modules.dep": empty,
      },
      [
        k("/boot/vmlinuz-virt", "6.6.33-0-virt", "/boot/initramfs-virt"),
        k("/boot/vmlinuz-lts", "6.6.31-0-lts", "/boot/initramfs-lts"),
      ],
    ],
    [
      "Arch, where the modules name the package",
      {
        "/boot/vmlinuz-linux": empty,
        "/boot/vmlinuz-linux-lts": empty,
        "/boot/initramfs-linux.img": empty,
        "/boot/initramfs-linux-fallback.img": empty,
        "/boot/initramfs-linux-lts.img": empty,
        "/lib/modules/6.9.1-arch1-1/pkgbase": "linux\n",
        "/lib/modules/6.6.31-1-lts/pkgbase": "linux-lts\n",
      },
      [
        k("/boot/vmlinuz-linux", "6.9.1-arch1-1", "/boot/initramfs-linux.img"),
        k("/boot/vmlinuz-linux-lts", "6.6.31-1-lts", "/boot/initramfs-linux-lts.img"),
      ],
    ],
    [
      "Gentoo, by genkernel and by hand",
      {
        "/boot/kernel-genkernel-x86_64-5.4.80-gentoo": empty,
        "/boot/initramfs-genkernel-x86_64-5.4.80-gentoo": empty,
        "/boot/kernel-6.6.21-gentoo": empty,
        "/boot/initramfs-6.6.21-gentoo.img": empty,
        "/boot/bzImage": bzImage("4.19.1-gentoo"),
      },
      [
        k("/boot/kernel-6.6.21-gentoo", "6.6.21-gentoo", "/boot/initramfs-6.6.21-gentoo.img"),
        k(
          "/boot/kernel-genkernel-x86_64-5.4.80-gentoo",
          "5.4.80-gentoo",
          "/boot/initramfs-genkernel-x86_64-5.4.80-gentoo",
        ),
        k("/boot/bzImage", "4.19.1-gentoo", null),
      ],
    ],
    [
      "Fedora CoreOS, in the folders of its deployments",
      {
        [`${coreos}/vmlinuz-6.8.11-300.fc40.x86_64`]: empty,
        [`${coreos}/initramfs-6.8.11-300.fc40.x86_64.img`]: empty,
        "/boot/loader/entries/ostree-1.conf":
          "linux /ostree/fedora-coreos-5e1f0c/vmlinuz-6.8.11-300.fc40.x86_64\n" +
          "initrd /ostree/fedora-coreos-5e1f0c/initramfs-6.8.11-300.fc40.x86_64.img\n",
      },
      [
        k(
          `${coreos}/vmlinuz-6.8.11-300.fc40.x86_64`,
          "6.8.11-300.fc40.x86_64",
          `${coreos}/initramfs-6.8.11-300.fc40.x86_64.img`,
        ),
      ],
    ],
    [
      "a guest booted by systemd-boot, with microcode before the initramfs",
      {
        [`/efi/${id}/6.9.1/linux`]: empty,
        [`/efi/${id}/6.9.1/initrd`]: empty,
        "/efi/amd-ucode.img": empty,
        "/efi/loader/entries/a.conf": `title x\r\nversion 6.9.1\r\nlinux /${id}/6.9.1/linux\r\ninitrd /${id}/6.9.1/initrd\r\ninitrd /amd-ucode.img\r\n`,
        "/efi/loader/entries/gone.conf": "linux /nowhere\n",
      },
      [k(`/efi/${id}/6.9.1/linux`, "6.9.1", `/efi/${id}/6.9.1/initrd`)],
    ],
    [
      "a guest whose only folder of modules says the version",
      { "/boot/vmlinuz": empty, "/boot/initrd.gz": empty, "/lib/modules/4.4.14/modules.dep": empty },
      [k("/boot/vmlinuz", "4.4.14", "/boot/initrd.gz")],
    ],
  ])("%s", async (_, tree, expected) => {
    expect(await findKernels(new MemoryGuestFiles(tree))).toEqual(expected);
  });
});
