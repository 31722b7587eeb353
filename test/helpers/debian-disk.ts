import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { writeBootCode } from "./boot-code.ts";
import { cacheFolder } from "./cache-folder.ts";
import { debianTree, debianTreeTools } from "./debian-tree.ts";

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const configureScript = fileOf("../fixtures/debian-disk/configure.sh");
/** What the disk is made by: when one of them changes, it is made anew. */
const makers = [fileOf("debian-disk.ts"), fileOf("debian-tree.ts"), fileOf("boot-code.ts"), configureScript];

const recipe = {
  sizeBytes: 4 * 1024 ** 3,
  partitionStartBytes: 1024 ** 2,
  fileSystemUuid: "6d1c8c52-9f0e-4d35-8a1b-3d7c5f7a2b90",
  packages: [
    "linux-image-cloud-amd64",
    "grub-pc",
    "systemd-sysv",
    "udev",
    "openssh-server",
    "ifupdown",
    "isc-dhcp-client",
    "network-manager",
    "iproute2",
    "netbase",
    "e2fsprogs",
    "initramfs-tools",
    "zstd",
    "cron",
    "rsyslog",
    "logrotate",
    "locales",
    "man-db",
    "manpages",
    "less",
    "vim",
    "python3",
    "git",
    "nftables",
    "ca-certificates",
  ],
} as const;

/** A Debian disk that was built, and what a test needs to know of it. */
export interface DebianDisk {
  /** A sparse raw file; tests must not write to it. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Where its one file system begins. */
  readonly partitionOffsetBytes: number;
  /** UUID of the root file system, which its fstab does not name. */
  readonly fileSystemUuid: string;
  readonly rootPassword: string;
}

/** Tools that {@link debianDisk} starts. */
export const debianDiskTools = [...debianTreeTools, "mke2fs"] as const;

/**
 * A bootable Debian 12: 4 GiB raw, MBR, GRUB, one ext4 partition that /etc/fstab calls /dev/sda1, about 700 MB used.
 *
 * Built from Debian's packages by mmdebstrap in about a minute, with no loop device and no emulator, and kept in the
 * cache folder under the digest of its recipe. Needs root.
 */
export async function debianDisk(): Promise<DebianDisk> {
  const hash = createHash("sha256");
  for (const file of makers) hash.update(await readFile(file));
  const digest = hash.digest("hex").slice(0, 16);
  const folder = cacheFolder();
  const path = join(folder, `debian-12-${digest}.raw`);
  if (!existsSync(path)) {
    for (const name of await readdir(folder)) {
      if (/^debian-12-[0-9a-f]+\.raw$/.test(name)) await rm(join(folder, name));
    }
    await build(path);
  }
  return {
    path,
    sizeBytes: recipe.sizeBytes,
    partitionOffsetBytes: recipe.partitionStartBytes,
    fileSystemUuid: recipe.fileSystemUuid,
    rootPassword: "sampan",
  };
}

async function build(path: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "sampan-debian-disk-"));
  const tree = join(work, "tree");
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await debianTree(tree, {
      packages: recipe.packages,
      customizeHook: `${configureScript} "$1" ${recipe.fileSystemUuid}`,
    });
    await (await open(unfinished, "w")).close();
    await truncate(unfinished, recipe.sizeBytes);
    const partitionKib = (recipe.sizeBytes - recipe.partitionStartBytes) / 1024;
    await execa("mke2fs", [
      ...["-q", "-F", "-t", "ext4", "-L", "root", "-U", recipe.fileSystemUuid],
      // What Debian 12's installer makes; its GRUB reads no more than that.
      ...["-O", "^metadata_csum_seed,^orphan_file"],
      ...["-E", `offset=${recipe.partitionStartBytes},lazy_itable_init=0,lazy_journal_init=0`],
      ...["-d", tree, unfinished, `${partitionKib}k`],
    ]);
    const partition = {
      startBytes: recipe.partitionStartBytes,
      sizeBytes: recipe.sizeBytes - recipe.partitionStartBytes,
      type: 0x83,
    };
    await writeBootCode(unfinished, join(tree, "boot/grub/i386-pc"), [partition]);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
    await rm(work, { recursive: true, force: true });
  }
}
