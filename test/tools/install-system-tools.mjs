#!/usr/bin/env node
// Installs the Debian packages that tests start programs of, where that is possible; says what is missing where not.
// Never fails: a test whose tool is missing is skipped by name, or fails when CI is set.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Program, or file by its absolute path → Debian package that brings it. */
const tools = {
  "qemu-img": "qemu-utils",
  "qemu-system-x86_64": "qemu-system-x86",
  "/usr/share/OVMF/OVMF_VARS_4M.fd": "ovmf",
  mke2fs: "e2fsprogs",
  e2fsck: "e2fsprogs",
  debugfs: "e2fsprogs",
  dumpe2fs: "e2fsprogs",
  resize2fs: "e2fsprogs",
  sfdisk: "fdisk",
  zstd: "zstd",
  lz4: "lz4",
  lzop: "lzop",
  xz: "xz-utils",
  "mkfs.btrfs": "btrfs-progs",
  mmdebstrap: "mmdebstrap",
  script: "bsdutils",
  lvm: "lvm2",
  losetup: "mount",
  addpart: "util-linux",
  unshare: "util-linux",
  nsenter: "util-linux",
  fsfreeze: "util-linux",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  xfs_db: "xfsprogs",
  "mkfs.xfs": "xfsprogs",
  btrfs: "btrfs-progs",
  ntfsinfo: "ntfs-3g",
  wimapply: "wimtools",
  hivexregedit: "libwin-hivex-perl",
  "mkfs.fat": "dosfstools",
  "mkfs.exfat": "exfatprogs",
  mcopy: "mtools",
  busybox: "busybox",
  sudo: "sudo",
  doas: "opendoas",
  tcsh: "tcsh",
  "bsd-csh": "csh",
  fish: "fish",
  zsh: "zsh",
  tmux: "tmux",
  openssl: "openssl",
  strace: "strace",
};

// Debian keeps administrators' programs where other users' PATH does not look.
const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

function isInstalled(tool) {
  if (isAbsolute(tool)) return existsSync(tool);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

function missingTools() {
  return Object.keys(tools).filter((tool) => !isInstalled(tool));
}

function say(text) {
  process.stderr.write(`system tools: ${text}\n`);
}

function aptGet(...args) {
  const { status } = spawnSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return status === 0;
}

function install() {
  const missing = missingTools();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tools[tool]))];
  const isDebian =
    existsSync("/etc/os-release") &&
    /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
  if (isDebian && process.getuid?.() === 0) {
    say(`installing ${packages.join(" ")}`);
    // An index that cannot be refreshed in part, for example a third party's, need not stop the install.
    aptGet("update");
    aptGet("install", "-y", "--no-install-recommends", ...packages);
  }
  const still = missingTools();
  if (still.length === 0) return;
  const names = [...new Set(still.map((tool) => tools[tool]))].join(" ");
  say(`missing: ${still.join(", ")}; the tests that need them are left out`);
  say(isDebian ? `as root: apt-get install --no-install-recommends ${names}` : `Debian's packages: ${names}`);
}

install();
