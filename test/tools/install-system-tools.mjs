#!/usr/bin/env node
// Installs the Debian packages that tests start programs of, where that is possible; says what is missing where not.
// Never fails: a test whose tool is missing is skipped by name, or fails when CI is set.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  "redis-server": "redis-server",
  postgres: "postgresql",
  psql: "postgresql",
};

/** Services that come with packages above: tests start servers of their own, and a machine's owner asked for none. */
const services = { "redis-server": "redis-server", postgresql: "postgresql" };

// Debian keeps administrators' programs where other users' PATH does not look, and PostgreSQL's where nobody's does.
function folders() {
  const postgres = "/usr/lib/postgresql";
  const versions = existsSync(postgres) ? readdirSync(postgres) : [];
  const ofPostgres = versions.map((version) => join(postgres, version, "bin"));
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", ...ofPostgres];
}

function isInstalled(tool) {
  if (isAbsolute(tool)) return existsSync(tool);
  return folders().some((folder) => {
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

/** Installs packages whose services are started neither now nor at the next boot. What an owner installed before is left as it is. */
function withoutStarting(packages, installPackages) {
  const theirs = packages.filter((name) => Object.hasOwn(services, name)).map((name) => services[name]);
  // Debian's way to say so; a container's own says it already.
  const policy = "/usr/sbin/policy-rc.d";
  const ours = theirs.length > 0 && !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    installPackages();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
  if (theirs.length > 0 && existsSync("/run/systemd/system"))
    spawnSync("systemctl", ["disable", "--quiet", ...theirs], { stdio: "ignore" });
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
    withoutStarting(packages, () => aptGet("install", "-y", "--no-install-recommends", ...packages));
  }
  const still = missingTools();
  if (still.length === 0) return;
  const names = [...new Set(still.map((tool) => tools[tool]))].join(" ");
  say(`missing: ${still.join(", ")}; the tests that need them are left out`);
  say(isDebian ? `as root: apt-get install --no-install-recommends ${names}` : `Debian's packages: ${names}`);
}

install();
