import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readFile, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { writeBootCode } from "../boot-code.ts";
import { cacheFolder } from "../cache-folder.ts";
import { debianTree, debianTreeTools } from "../debian-tree.ts";
import { buildOnce, removeStale } from "./build-once.ts";

const MiB = 1024 ** 2;
const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const configureScript = fileOf("../../fixtures/lvm-guest/configure.sh");
const makers = [
  fileOf("lvm-disk.ts"),
  fileOf("../debian-tree.ts"),
  fileOf("../boot-code.ts"),
  configureScript,
];

const recipe = {
  sizeBytes: 2048 * MiB,
  bootStartBytes: MiB,
  bootBytes: 48 * MiB,
  rootBytes: 640 * MiB,
  extentBytes: MiB,
  bootUuid: "3f0b7a51-22c4-4e0c-9a46-0f5f3f1c7d11",
  rootUuid: "b6a0f7de-5c7c-4d0e-8a53-93f6a2c80e42",
  packages: [
    "linux-image-cloud-amd64",
    "grub-pc",
    "systemd-sysv",
    "dbus",
    "udev",
    "openssh-server",
    "ifupdown",
    "iproute2",
    "netbase",
    "e2fsprogs",
    "initramfs-tools",
    "zstd",
    "lvm2",
    "sudo",
  ],
} as const;

/** A disk with LVM that was built, and what a test needs to know of it. */
export interface LvmDisk {
  /** Where the disk and its keys lie. */
  readonly folder: string;
  /** A sparse raw file; tests must not write to it. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Where the ext4 file system of `/boot` begins. */
  readonly bootOffsetBytes: number;
  /** Where the ext4 file system of `/`, the logical volume `vg0/root`, begins. */
  readonly rootOffsetBytes: number;
  readonly rootBytes: number;
  /** Private key that may log in. */
  readonly identityFile: string;
  /** Public host key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/** Tools that {@link lvmDisk} starts. */
export const lvmDiskTools = [...debianTreeTools, "mke2fs", "lvm", "losetup", "ssh-keygen"] as const;

/**
 * A bootable Debian 12 with its root on LVM: 2 GiB raw, MBR, GRUB, `/boot` on an ext4 partition, and a group `vg0` whose one
 * logical volume `root` leaves about 1.3 GiB free for snapshots. About 160 MB are used: modules of the kernel, Perl's and the
 * like that no test needs are not there, since all of what is used is read under emulation.
 *
 * Users: `root` and `operator-01` (member of sudo, password `sail away`) and `nobody-01` (may nothing), each by the key
 * `identityFile`.
 *
 * Built in about 45 seconds without device-mapper and without an emulator: the volume is one run of extents, so its file
 * system is made where it lies. Needs root. Kept in the cache folder under the digest of its recipe.
 *
 * @param packages Debian packages besides those that are there.
 */
export async function lvmDisk(packages: readonly string[] = []): Promise<LvmDisk> {
  const hash = createHash("sha256").update(JSON.stringify(packages));
  for (const file of makers) hash.update(await readFile(file));
  const folder = join(cacheFolder(), `lvm-guest-${hash.digest("hex").slice(0, 16)}`);
  await buildOnce(folder, (unfinished) => build(unfinished, packages));
  await utimes(folder, new Date(), new Date());
  await removeStale(cacheFolder(), /^lvm-guest-[0-9a-f]{16}$/, folder);
  return {
    folder,
    path: join(folder, "disk.raw"),
    sizeBytes: recipe.sizeBytes,
    bootOffsetBytes: recipe.bootStartBytes,
    rootOffsetBytes: volumeOffsetBytes + Number(await readFile(join(folder, "extents-start"), "utf8")),
    rootBytes: recipe.rootBytes,
    identityFile: join(folder, "id_ed25519"),
    hostKey: (await readFile(join(folder, "host-key.pub"), "utf8")).split(" ").slice(0, 2).join(" ").trim(),
  };
}

/** Where the physical volume begins. */
const volumeOffsetBytes = recipe.bootStartBytes + recipe.bootBytes;

async function build(folder: string, packages: readonly string[]): Promise<void> {
  const tree = join(folder, "tree");
  const boot = join(folder, "boot");
  const disk = join(folder, "disk.raw");
  const identity = join(folder, "id_ed25519");
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test bed", "-f", identity]);
  const publicKey = (await readFile(`${identity}.pub`, "utf8")).trim();
  await debianTree(tree, {
    packages: [...recipe.packages, ...packages],
    customizeHook: `${configureScript} "$1" ${recipe.bootUuid} /dev/mapper/vg0-root '${publicKey}'`,
    slim: true,
  });
  await copyFile(join(tree, "etc/ssh/ssh_host_ed25519_key.pub"), join(folder, "host-key.pub"));
  await rename(join(tree, "boot"), boot);
  await mkdir(join(tree, "boot"));

  await (await open(disk, "w")).close();
  await truncate(disk, recipe.sizeBytes);
  await writeBootCode(disk, join(boot, "grub/i386-pc"), [
    { startBytes: recipe.bootStartBytes, sizeBytes: recipe.bootBytes, type: 0x83 },
    { startBytes: volumeOffsetBytes, sizeBytes: recipe.sizeBytes - volumeOffsetBytes, type: 0x8e },
  ]);
  const extentsStart = await makeGroup(disk, join(folder, "group.txt"));
  await makeExt4(disk, boot, recipe.bootStartBytes, recipe.bootBytes, recipe.bootUuid);
  await makeExt4(disk, tree, volumeOffsetBytes + extentsStart, recipe.rootBytes, recipe.rootUuid);
  await writeFile(join(folder, "extents-start"), String(extentsStart));
  for (const left of [tree, boot, join(folder, "group.txt")]) await rm(left, { recursive: true });
}

async function makeExt4(
  disk: string,
  tree: string,
  offset: number,
  sizeBytes: number,
  uuid: string,
): Promise<void> {
  await execa("mke2fs", [
    ...["-q", "-F", "-t", "ext4", "-U", uuid],
    // What Debian 12's installer makes; its GRUB reads no more than that.
    ...["-O", "^metadata_csum_seed,^orphan_file"],
    // All of it is read in tests that capture, under emulation: small is quick.
    ...["-J", "size=4", "-i", "24576"],
    ...["-E", `offset=${offset},lazy_itable_init=0,lazy_journal_init=0`],
    ...["-d", tree, disk, `${sizeBytes / 1024}k`],
  ]);
}

/**
 * Makes the group and its volume by LVM's own programs. A volume is only made where the kernel can map it, so it comes in as
 * an administrator's restore of metadata would bring it: no mapping is needed for that.
 *
 * @returns where the first extent begins, counted from the physical volume.
 */
async function makeGroup(disk: string, text: string): Promise<number> {
  const { stdout } = await execa("losetup", [
    ...["--find", "--show", "--offset", String(volumeOffsetBytes)],
    ...["--sizelimit", String(recipe.sizeBytes - volumeOffsetBytes), disk],
  ]);
  const device = stdout.trim();
  // Nothing of this machine's own LVM is looked at, and no backup of the phony group is left in /etc/lvm.
  const config = `devices{use_devicesfile=0 filter=["a|^${device}$|","r|.*|"]} backup{backup=0 archive=0}`;
  const lvm = (command: string, ...args: string[]) =>
    execa("lvm", [command, "--config", config, ...args], { env: { LVM_SUPPRESS_FD_WARNINGS: "1" } });
  try {
    await lvm("vgcreate", "--quiet", "--physicalextentsize", `${recipe.extentBytes}b`, "vg0", device);
    await lvm("vgcfgbackup", "--file", text, "vg0");
    const group = await readFile(text, "utf8");
    const end = group.lastIndexOf("}");
    await writeFile(text, `${group.slice(0, end)}${volumeText()}${group.slice(end)}`);
    await lvm("vgcfgrestore", "--file", text, "vg0");
    await lvm("vgck", "vg0");
    const start = await lvm(
      "pvs",
      ...["--noheadings", "--units", "b", "--nosuffix", "-o", "pe_start", device],
    );
    return Number(start.stdout.trim());
  } finally {
    await execa("losetup", ["--detach", device]);
  }
}

function volumeText(): string {
  return `
  logical_volumes {
    root {
      id = "TestBd-0000-0000-0000-0000-0000-000001"
      status = ["READ", "WRITE", "VISIBLE"]
      flags = []
      segment_count = 1
      segment1 {
        start_extent = 0
        extent_count = ${recipe.rootBytes / recipe.extentBytes}
        type = "striped"
        stripe_count = 1
        stripes = ["pv0", 0]
      }
    }
  }
`;
}
