// The disk that the benchmark converts, and the same disk in every format: made once and kept in the cache folder.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const MiB = 1024 ** 2;
const diskBytes = 4096 * MiB;
const partitionBytes = diskBytes - MiB;

/** How each input is made of the raw disk by qemu-img. */
export const formats = [
  { name: "sparse VMDK", file: "sparse.vmdk", format: "vmdk", options: ["-o", "subformat=monolithicSparse"] },
  {
    name: "split VMDK",
    file: "split.vmdk",
    format: "vmdk",
    options: ["-o", "subformat=twoGbMaxExtentSparse"],
  },
  {
    name: "streamOptimized VMDK",
    file: "stream.vmdk",
    format: "vmdk",
    options: ["-o", "subformat=streamOptimized"],
  },
  { name: "plain QCOW2", file: "plain.qcow2", format: "qcow2", options: [] },
  { name: "deflate QCOW2", file: "deflate.qcow2", format: "qcow2", options: ["-c"] },
];

function has(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** Makes what is missing and says where it is. `kind` names what the disk was made of. */
export async function benchInputs() {
  const jiti = createJiti(import.meta.url);
  const { cacheFolder } = await jiti.import("../helpers/cache-folder.ts");
  const kind = !has("mke2fs")
    ? "random and repeated bytes: no mke2fs"
    : process.getuid?.() === 0 && has("mmdebstrap")
      ? "Debian 12 by mmdebstrap"
      : "programs of this machine in ext4: mmdebstrap needs root";
  const recipe = createHash("sha256")
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(kind);
  const folder = join(cacheFolder(), `bench-${recipe.digest("hex").slice(0, 16)}`);
  const raw = join(folder, "disk.raw");
  if (!existsSync(raw)) {
    for (const name of readdirSync(cacheFolder())) {
      if (name.startsWith("bench-")) rmSync(join(cacheFolder(), name), { recursive: true });
    }
    mkdirSync(folder);
    console.log(`making a disk: ${kind}`);
    const unfinished = join(folder, "disk.tmp");
    if (kind.startsWith("Debian")) {
      const { debianDisk } = await jiti.import("../helpers/debian-disk.ts");
      const { path } = await debianDisk();
      // Finds the holes again, which a copy may fill.
      execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "raw", path, unfinished]);
      addFiles(unfinished);
    } else if (kind.startsWith("programs")) {
      makeProgramDisk(unfinished);
      addFiles(unfinished);
    } else makePlainDisk(unfinished);
    renameSync(unfinished, raw);
  }
  for (const { name, file, format, options } of formats) {
    const path = join(folder, file);
    if (existsSync(path)) continue;
    console.log(`making the ${name}`);
    // A split disk's descriptor names its parts, so it must be made under its own name.
    const args = ["convert", "-f", "raw", "-O", format, ...options, raw, path];
    const made = spawnSync("qemu-img", args, { encoding: "utf8" });
    if (made.status === 0) continue;
    rmSync(path, { force: true });
    throw new Error(`qemu-img ${args.join(" ")}: ${made.stderr}`);
  }
  // What has to be left of the disk without its free space, told by another program.
  const used = kind.startsWith("random") ? raw : join(folder, "used.raw");
  if (!existsSync(used)) {
    copyFileStart(raw, used, MiB);
    const places = ["-O", String(MiB), "-o", String(MiB)];
    execFileSync("e2image", ["-ra", ...places, raw, used], { stdio: "ignore" });
    copyBackups(raw, used);
  }
  const dataBytes = statSync(raw).blocks * 512;
  return { kind, folder, raw, used, dataBytes, deletedBytes: kind.startsWith("random") ? 0 : deletedBytes };
}

/** What was on the disk and was deleted again, as downloaded packages are after an installation: its blocks keep their bytes. */
const deletedBytes = 224 * MiB;

/**
 * Writes an incompressible and a very compressible file into the ext4 partition, without mounting it; a third is deleted again, so
 * that the disk has what every disk in use has: blocks that are free and not empty.
 */
function addFiles(disk) {
  const work = mkdtempSync(join(tmpdir(), "sampan-bench-"));
  const debugfs = (command) =>
    execFileSync("debugfs", ["-w", "-R", command, `${disk}?offset=${MiB}`], { stdio: "ignore" });
  try {
    const line = Buffer.from("Nov 23 02:00:00 host service[812]: request served in 12 ms\n");
    writeFileSync(join(work, "noise"), randomBytes(160 * MiB));
    writeFileSync(join(work, "log"), Buffer.alloc(96 * MiB, line));
    writeFileSync(join(work, "packages"), randomBytes(deletedBytes));
    for (const name of ["noise", "log", "packages"]) debugfs(`write ${join(work, name)} sampan-${name}`);
    debugfs("rm sampan-packages");
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** An MBR disk whose one ext4 partition holds libraries and programs of this machine, some 550 MiB. Needs no privileges. */
function makeProgramDisk(disk) {
  const tree = mkdtempSync(join(tmpdir(), "sampan-bench-tree-"));
  try {
    let left = 550 * MiB;
    let count = 0;
    const folders = ["/usr/bin", "/usr/lib", "/usr/share"];
    for (let folder = folders.shift(); folder !== undefined && left > 0; folder = folders.shift()) {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        if (!entry.isFile() || left <= 0) continue;
        try {
          const bytes = readFileSync(path);
          writeFileSync(join(tree, String(count++)), bytes);
          left -= bytes.length;
        } catch {
          // What may not be read is left out.
        }
      }
    }
    closeSync(openSync(disk, "w"));
    writePartitionTable(disk);
    const place = ["-E", `offset=${MiB}`, "-d", tree, disk, `${partitionBytes / 1024}k`];
    execFileSync("mke2fs", ["-q", "-F", "-t", "ext4", ...place]);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** A disk without file system: a third of its 800 MiB random, the rest repeated. */
function makePlainDisk(disk) {
  writePartitionTable(disk);
  const file = openSync(disk, "r+");
  for (let index = 0; index < 800; index++) {
    const bytes = index % 3 === 0 ? randomBytes(MiB) : Buffer.alloc(MiB, randomBytes(4096 + index));
    writeSync(file, bytes, 0, MiB, (1 + index * 5) * MiB);
  }
  closeSync(file);
}

/** Makes a sparse file of the same size that holds only the beginning of another. */
function copyFileStart(from, to, bytes) {
  const source = openSync(from, "r");
  const target = openSync(to, "w");
  const start = Buffer.alloc(bytes);
  readSync(source, start, 0, bytes, 0);
  writeSync(target, start, 0, bytes, 0);
  ftruncateSync(target, statSync(from).size);
  closeSync(source);
  closeSync(target);
}

/** Copies the backups of superblock and group descriptors, which are in use and which e2image leaves out. */
function copyBackups(from, to) {
  const text = execFileSync("dumpe2fs", [`${from}?offset=${MiB}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const blockBytes = Number(/^Block size:\s*(\d+)/m.exec(text)?.[1]);
  const source = openSync(from, "r");
  const target = openSync(to, "r+");
  for (const [, first, last] of text.matchAll(
    /Backup superblock at (\d+), Group descriptors at \d+-(\d+)/g,
  )) {
    const bytes = Buffer.alloc((last - first + 1) * blockBytes);
    const at = MiB + first * blockBytes;
    readSync(source, bytes, 0, bytes.length, at);
    writeSync(target, bytes, 0, bytes.length, at);
  }
  closeSync(source);
  closeSync(target);
}

function writePartitionTable(disk) {
  const sector = Buffer.alloc(512);
  sector[0x1be + 4] = 0x83;
  sector.writeUInt32LE(MiB / 512, 0x1be + 8);
  sector.writeUInt32LE(partitionBytes / 512, 0x1be + 12);
  sector.writeUInt16LE(0xaa55, 510);
  const file = openSync(disk, "w");
  ftruncateSync(file, diskBytes);
  writeSync(file, sector, 0, 512, 0);
  closeSync(file);
}
