// Builds a phony Debian 12 guest: a disk with everything Sampan looks at, and nothing that runs.
//
//   node test/tools/make-phony-guest.mjs                      writes packages/repl/assets/first-guest.qcow2.gz
//   node test/tools/make-phony-guest.mjs --out disk.raw       writes the raw disk (sparse) to look at
//
// Needs mke2fs and debugfs (e2fsprogs 1.45 or later), sfdisk and qemu-img; no root. Every name, time, UUID and hash seed
// is fixed, so the disk inside is the same on every run.

import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MiB = 1024 * 1024;
const diskBytes = 512 * MiB;
const partitionOffset = 1 * MiB;
const epoch = 1_748_736_000; // 2025-06-01, shortly after Debian 12.11 came out.
const rootUuid = "5a3ba1c0-6d0e-4b6f-9a51-0c0de1fe57a1";
const lostUuid = "0dd0bac4-0000-4000-8000-00000badd15c";
const kernel = "6.1.0-37-amd64";

/** Bytes that look like code to a size check and like nothing to a compressor: one page over and over. */
function filler(sizeBytes, start = Buffer.alloc(0)) {
  const page = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) & 0xff));
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += page.length) page.copy(bytes, at);
  start.copy(bytes);
  return bytes;
}

/** Header of a 64-bit x86 program, System V ABI. */
function elfHeader(type) {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return header;
}

const program = (sizeBytes) => filler(sizeBytes, elfHeader(3));

/** A kernel image with the boot protocol's marks where tools look for them. */
function kernelImage(sizeBytes) {
  const start = Buffer.alloc(1024);
  start.write("MZ", 0, "latin1");
  start.writeUInt16LE(0xaa55, 0x1fe);
  start.write("HdrS", 0x202, "latin1");
  start.writeUInt16LE(0x020f, 0x206);
  start.writeUInt16LE(0x0100, 0x20e);
  start.write(`${kernel} (phony)\0`, 0x300, "latin1");
  return filler(sizeBytes, start);
}

/** A cpio archive of format "newc". */
function cpio(entries) {
  const parts = [];
  let inode = 1;
  const add = (name, mode, content) => {
    const fields = [inode++, mode, 0, 0, 1, epoch, content.length, 0, 0, 0, 0, name.length + 1, 0];
    const head = Buffer.from(
      `070701${fields.map((n) => n.toString(16).padStart(8, "0")).join("")}${name}\0`,
      "latin1",
    );
    parts.push(head, Buffer.alloc(-head.length & 3), content, Buffer.alloc(-content.length & 3));
  };
  for (const [name, content] of entries)
    add(name, content === null ? 0o040755 : 0o100644, content ?? Buffer.alloc(0));
  add("TRAILER!!!", 0, Buffer.alloc(0));
  return Buffer.concat(parts);
}

const drivers = {
  virtio_blk: "block/virtio_blk.ko",
  virtio_net: "net/virtio_net.ko",
  virtio_pci: "virtio/virtio_pci.ko",
  virtio_scsi: "scsi/virtio_scsi.ko",
  nvme: "nvme/host/nvme.ko",
};
const modulePaths = Object.values(drivers).map((path) => `kernel/drivers/${path}`);

/** Every path of the guest: text, bytes, `{ link }`, or `null` for an empty folder. Folders on the way are made. */
function guestTree() {
  const unit = (description, exec) =>
    `[Unit]\nDescription=${description}\n\n[Service]\nExecStart=${exec}\n\n[Install]\nWantedBy=multi-user.target\n`;
  const modules = `/usr/lib/modules/${kernel}`;
  const wants = "/etc/systemd/system/multi-user.target.wants";
  const initramfs = gzipSync(
    cpio([
      ["bin", null],
      ["bin/busybox", program(700 * 1024)],
      ["init", Buffer.from("#!/bin/sh\nexec run-init /root /sbin/init\n")],
      ["scripts/local", Buffer.from("# mounts the root file system\n")],
      ...modulePaths.map((path) => [`usr/lib/modules/${kernel}/${path}`, filler(96 * 1024, elfHeader(1))]),
    ]),
    { level: 9 },
  );
  return {
    "/bin": { link: "usr/bin" },
    "/lib": { link: "usr/lib" },
    "/sbin": { link: "usr/sbin" },
    "/boot/grub/grub.cfg": [
      "set default=0",
      "set timeout=5",
      "menuentry 'Debian GNU/Linux' {",
      `  search --no-floppy --fs-uuid --set=root ${rootUuid}`,
      `  linux /boot/vmlinuz-${kernel} root=UUID=${rootUuid} ro quiet`,
      `  initrd /boot/initrd.img-${kernel}`,
      "}",
      "",
    ].join("\n"),
    [`/boot/config-${kernel}`]:
      "CONFIG_X86_64=y\nCONFIG_VIRTIO_BLK=m\nCONFIG_VIRTIO_NET=m\nCONFIG_VIRTIO_PCI=m\nCONFIG_BLK_DEV_NVME=m\nCONFIG_EXT4_FS=m\n",
    [`/boot/initrd.img-${kernel}`]: initramfs,
    [`/boot/vmlinuz-${kernel}`]: kernelImage(8 * MiB),
    "/etc/debian_version": "12.11\n",
    "/etc/fstab": [
      "# /etc/fstab: static file system information.",
      "#",
      "# <file system>                           <mount point>  <type>  <options>          <dump> <pass>",
      "/dev/sda1                                 /              ext4    errors=remount-ro  0      1",
      `UUID=${lostUuid} /srv/backup    ext4    defaults           0      2`,
      "tmpfs                                     /tmp           tmpfs   nosuid,nodev       0      0",
      "",
    ].join("\n"),
    "/etc/hostname": "first-guest\n",
    "/etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\tfirst-guest\n",
    "/etc/network/interfaces": [
      "# The loopback network interface",
      "auto lo",
      "iface lo inet loopback",
      "",
      "# The primary network interface",
      "allow-hotplug eth0",
      "iface eth0 inet dhcp",
      "",
    ].join("\n"),
    "/etc/nftables.conf":
      "#!/usr/sbin/nft -f\nflush ruleset\ntable inet filter {\n  chain input { type filter hook input priority 0; policy drop; }\n}\n",
    "/etc/os-release": { link: "../usr/lib/os-release" },
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "/etc/selinux/config": [
      "# This file controls the state of SELinux on the system.",
      "# SELINUX= can take one of these three values:",
      "# enforcing - SELinux security policy is enforced.",
      "# permissive - SELinux prints warnings instead of enforcing.",
      "# disabled - No SELinux policy is loaded.",
      "SELINUX=enforcing",
      "SELINUXTYPE=default",
      "",
    ].join("\n"),
    "/etc/ssh/sshd_config":
      "Port 22\nPermitRootLogin prohibit-password\nUsePAM yes\nSubsystem sftp /usr/lib/openssh/sftp-server\n",
    [`${wants}/NetworkManager.service`]: { link: "/lib/systemd/system/NetworkManager.service" },
    [`${wants}/networking.service`]: { link: "/lib/systemd/system/networking.service" },
    [`${wants}/ssh.service`]: { link: "/lib/systemd/system/ssh.service" },
    "/etc/systemd/system/sysinit.target.wants/nftables.service": {
      link: "/lib/systemd/system/nftables.service",
    },
    "/root/.profile": "# ~/.profile\n",
    "/srv/www/index.html": "<!doctype html><title>first-guest</title><p>It works.</p>\n",
    "/tmp": null,
    "/usr/bin/bash": program(1_265_648),
    "/usr/bin/dash": program(125_640),
    "/usr/bin/sh": { link: "dash" },
    "/usr/lib/os-release": [
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
      'NAME="Debian GNU/Linux"',
      'VERSION_ID="12"',
      'VERSION="12 (bookworm)"',
      "VERSION_CODENAME=bookworm",
      "ID=debian",
      'HOME_URL="https://www.debian.org/"',
      "",
    ].join("\n"),
    [`${modules}/modules.builtin`]: "kernel/fs/binfmt_misc.ko\nkernel/drivers/virtio/virtio.ko\n",
    [`${modules}/modules.dep`]: modulePaths.map((path) => `${path}:\n`).join(""),
    ...Object.fromEntries(modulePaths.map((path) => [`${modules}/${path}`, filler(96 * 1024, elfHeader(1))])),
    "/usr/lib/systemd/systemd": program(1_785_000),
    "/usr/lib/systemd/system/NetworkManager.service": unit(
      "Network Manager",
      "/usr/sbin/NetworkManager --no-daemon",
    ),
    "/usr/lib/systemd/system/networking.service": unit("Raise network interfaces", "/sbin/ifup -a"),
    "/usr/lib/systemd/system/nftables.service": unit("nftables", "/usr/sbin/nft -f /etc/nftables.conf"),
    "/usr/lib/systemd/system/ssh.service": unit("OpenBSD Secure Shell server", "/usr/sbin/sshd -D"),
    "/usr/lib/x86_64-linux-gnu/libc.so.6": program(1_922_136),
    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3": program(4_709_000),
    "/usr/lib/locale/locale-archive": filler(3_052_896),
    "/usr/sbin/NetworkManager": program(3_480_000),
    "/usr/sbin/ifup": program(84_000),
    "/usr/sbin/init": { link: "../lib/systemd/systemd" },
    "/usr/sbin/nft": program(26_000),
    "/usr/sbin/sshd": program(925_000),
    "/var/lib/dpkg/status":
      "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u11\n",
    "/var/log/syslog": filler(2 * MiB),
  };
}

/** Boot code with GRUB's marks; it does nothing but say where it is when read. */
function bootSector(table) {
  const sector = Buffer.from(table);
  sector.set([0xeb, 0x63, 0x90], 0);
  sector.set([0xfa, 0xf4, 0xeb, 0xfd], 0x65); // cli; hlt; and again
  sector.write("GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n\0", 0x180, "latin1");
  return sector;
}

function run(command, args, input) {
  return execFileSync(command, args, {
    input,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      LC_ALL: "C",
      TZ: "UTC",
      E2FSPROGS_FAKE_TIME: String(epoch),
      MKE2FS_DEVICE_SECTSIZE: "512",
    },
  }).toString();
}

function makeFileSystem(folder) {
  const image = join(folder, "root.ext4");
  writeFileSync(image, "");
  truncateSync(image, diskBytes - partitionOffset);
  run("mke2fs", [
    ...["-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-N", "4096", "-m", "1", "-J", "size=4"],
    ...[
      "-O",
      "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum,64bit",
    ],
    ...[
      "-L",
      "first-guest",
      "-U",
      rootUuid,
      "-E",
      `hash_seed=${rootUuid},lazy_itable_init=1,nodiscard`,
      image,
    ],
  ]);
  const commands = [];
  const made = new Set(["/"]);
  const makeFolder = (path) => {
    if (made.has(path)) return;
    makeFolder(dirname(path));
    commands.push(`mkdir "${path}"`);
    made.add(path);
  };
  let number = 0;
  const tree = Object.entries(guestTree()).sort(([a], [b]) => (a < b ? -1 : 1));
  // Links at the top first would hide the folders behind them: every other path is written by its real name.
  for (const [path, content] of tree) {
    makeFolder(content === null ? path : dirname(path));
    if (content === null) continue;
    if (typeof content === "object" && "link" in content) {
      commands.push(`symlink "${path}" "${content.link}"`);
      continue;
    }
    const file = join(folder, `file-${number++}`);
    const isProgram = Buffer.isBuffer(content) && /\/s?bin\/|systemd$/.test(path);
    writeFileSync(file, content, { mode: isProgram ? 0o755 : 0o644 });
    commands.push(`write "${file}" "${path}"`);
  }
  commands.push('set_inode_field "/tmp" mode 041777', 'set_inode_field "/root" mode 040700');
  const script = join(folder, "commands");
  writeFileSync(script, `${commands.join("\n")}\n`);
  const said = run("debugfs", ["-w", "-f", script, image]);
  const complaint = said.split("\n").find((line) => /error|could not|not found|no free/i.test(line));
  if (complaint) throw new Error(`debugfs: ${complaint}`);
  run("e2fsck", ["-fn", image]);
  return image;
}

/** Copies a file into another at an offset, leaving holes where there are only zeros. */
function copySparse(from, to, offset) {
  const source = openSync(from, "r");
  const target = openSync(to, "r+");
  const buffer = Buffer.alloc(256 * 1024);
  const zeros = Buffer.alloc(buffer.length);
  for (let at = 0; ; ) {
    const length = readSync(source, buffer, 0, buffer.length, at);
    if (length === 0) break;
    if (!buffer.subarray(0, length).equals(zeros.subarray(0, length)))
      writeSync(target, buffer, 0, length, offset + at);
    at += length;
  }
  closeSync(source);
  closeSync(target);
}

function makeDisk(folder) {
  const disk = join(folder, "disk.raw");
  writeFileSync(disk, "");
  truncateSync(disk, diskBytes);
  const sectors = (diskBytes - partitionOffset) / 512;
  run(
    "sfdisk",
    ["-q", disk],
    `label: dos\nlabel-id: 0x5a3ba1c0\nstart=2048, size=${sectors}, type=83, bootable\n`,
  );
  const handle = openSync(disk, "r+");
  const table = Buffer.alloc(512);
  readSync(handle, table, 0, 512, 0);
  writeSync(handle, bootSector(table), 0, 512, 0);
  closeSync(handle);
  copySparse(makeFileSystem(folder), disk, partitionOffset);
  return disk;
}

const packedLimit = 64 * 1024;
const folder = mkdtempSync(join(tmpdir(), "phony-guest-"));
try {
  const wanted = process.argv.indexOf("--out");
  const disk = makeDisk(folder);
  if (wanted > 0 && process.argv[wanted + 1]) {
    const out = resolve(process.argv[wanted + 1]);
    run("qemu-img", ["convert", "-f", "raw", "-O", "raw", disk, out]);
    console.log(out);
  } else {
    const qcow2 = join(folder, "first-guest.qcow2");
    run("qemu-img", ["convert", "-c", "-m", "1", "-f", "raw", "-O", "qcow2", disk, qcow2]);
    const packed = gzipSync(readFileSync(qcow2), { level: 9 });
    // The byte that names the system gzip ran on would differ between machines.
    packed[9] = 255;
    if (packed.length >= packedLimit)
      throw new Error(`the packed guest has ${packed.length} bytes, too many to commit`);
    const out = join(
      dirname(fileURLToPath(import.meta.url)),
      "../../packages/repl/assets/first-guest.qcow2.gz",
    );
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, packed);
    console.log(`${out}: ${packed.length} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
