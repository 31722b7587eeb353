import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { cacheFolder } from "./cache-folder.ts";

const configureScript = fileURLToPath(new URL("../fixtures/debian-disk/configure.sh", import.meta.url));

const recipe = {
  suite: "bookworm",
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
export const debianDiskTools = ["mmdebstrap", "mke2fs"] as const;

/**
 * A bootable Debian 12: 4 GiB raw, MBR, GRUB, one ext4 partition that /etc/fstab calls /dev/sda1, about 700 MB used.
 *
 * Built from Debian's packages by mmdebstrap in about a minute, with no loop device and no emulator, and kept in the
 * cache folder under the digest of its recipe. Needs root.
 */
export async function debianDisk(): Promise<DebianDisk> {
  const digest = createHash("sha256")
    .update(await readFile(fileURLToPath(import.meta.url)))
    .update(await readFile(configureScript))
    .digest("hex")
    .slice(0, 16);
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
    await execa("mmdebstrap", [
      "--mode=root",
      "--variant=minbase",
      "--format=directory",
      `--include=${recipe.packages.join(",")}`,
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      ...(await proxyOptions()),
      `--customize-hook=${configureScript} "$1" ${recipe.fileSystemUuid}`,
      recipe.suite,
      tree,
      ...debianSources(),
    ]);
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
    await writeBootCode(unfinished, join(tree, "boot/grub/i386-pc"));
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Does what grub-install does to a disk with an MBR: boot.img into sector 0 around the partition table, core.img into
 * the gap behind it.
 */
async function writeBootCode(disk: string, grubFolder: string): Promise<void> {
  const sectorBytes = 512;
  const boot = await readFile(join(grubFolder, "boot.img"));
  const core = await readFile(join(grubFolder, "core.img"));
  if (boot.length !== sectorBytes || core.length > recipe.partitionStartBytes - sectorBytes) {
    throw new Error(`GRUB's boot code does not fit: ${boot.length} and ${core.length} bytes`);
  }
  // Sector of core.img, 8 bytes at 0x5c; two no-ops at 0x66 make it trust the BIOS's drive number no more.
  boot.writeBigUInt64LE(1n, 0x5c);
  boot.writeUInt16LE(0x9090, 0x66);
  boot.fill(0, 0x1b8, 0x1fe);
  boot.writeUInt32LE(0x5a3d_9e01, 0x1b8);
  const entry = 0x1be;
  boot.writeUInt8(0x80, entry);
  boot.set([0xfe, 0xff, 0xff], entry + 1);
  boot.writeUInt8(0x83, entry + 4);
  boot.set([0xfe, 0xff, 0xff], entry + 5);
  boot.writeUInt32LE(recipe.partitionStartBytes / sectorBytes, entry + 8);
  boot.writeUInt32LE((recipe.sizeBytes - recipe.partitionStartBytes) / sectorBytes, entry + 12);
  boot.writeUInt16LE(0xaa55, 0x1fe);
  const file = await open(disk, "r+");
  try {
    await file.write(boot, 0, sectorBytes, 0);
    // core.img's first sector already points at the one that follows it.
    await file.write(core, 0, core.length, sectorBytes);
  } finally {
    await file.close();
  }
}

/** The machine's own sources of this suite, as lines for mmdebstrap; none lets it use Debian's default. */
function debianSources(): string[] {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ].filter((file) => existsSync(file));
  const lines: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".sources")) lines.push(...fromDeb822(text));
    else if (file.endsWith(".list")) lines.push(...text.split("\n").filter(isOfSuite));
  }
  return lines;
}

function fromDeb822(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      stanza
        .split("\n")
        .map((line) => /^([A-Za-z-]+):\s*(.*)$/.exec(line))
        .filter((match) => match !== null)
        .map((match) => [(match[1] ?? "").toLowerCase(), match[2] ?? ""]),
    );
    const words = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter((word) => word !== "");
    if (fields.get("enabled") === "no" || !words("types").includes("deb")) return [];
    const suites = words("suites").filter((suite) => suite.split("-")[0] === recipe.suite);
    const signedBy = fields.get("signed-by");
    const option = signedBy?.startsWith("/") === true ? ` [signed-by=${signedBy}]` : "";
    return words("uris").flatMap((uri) => suites.map((suite) => `deb${option} ${uri} ${suite} main`));
  });
}

function isOfSuite(line: string): boolean {
  return new RegExp(`^deb\\s+(\\[[^\\]]*\\]\\s+)?\\S+\\s+${recipe.suite}(-\\S+)?\\s`).test(line);
}

async function proxyOptions(): Promise<string[]> {
  const { stdout } = await execa("apt-config", ["dump", "--format", "%f %v%n", "Acquire"]);
  return stdout
    .split("\n")
    .map((line) => /^(Acquire::https?::Proxy\S*) (.+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => `--aptopt=${match[1]} "${match[2]}"`);
}
