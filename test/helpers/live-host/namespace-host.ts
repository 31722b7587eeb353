import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type DebianDisk, debianDisk, debianDiskTools } from "../debian-disk.ts";
import { type SshAccess, sshAccess, sshAccessTools } from "./ssh-access.ts";

const initScript = fileURLToPath(new URL("../../fixtures/namespace-host/init.sh", import.meta.url));

/** Tools that {@link startNamespaceHost} starts; `"root"` besides. */
export const namespaceHostTools = [
  ...debianDiskTools,
  ...sshAccessTools,
  "ssh-keygen",
  "losetup",
  "addpart",
  "e2fsck",
  "resize2fs",
  "unshare",
  "nsenter",
  "fsfreeze",
] as const;

/**
 * A host that shares this machine's kernel and nothing else: mounts, processes, network and name of its own, its root on a
 * loop device that it calls `/dev/vda1`, its sshd from that root. There is no systemd that runs, and no LVM.
 */
export interface NamespaceHost extends SshAccess {
  /** The disk it runs from, a file; the host calls it `/dev/vda`. */
  readonly disk: DebianDisk;
  /** The host's `/`, as this machine reaches it without the host's sshd. Changes with {@link reset}. */
  root(): string;
  /** True while the host's root file system is frozen. */
  isFrozen(): Promise<boolean>;
  /** Ends every process of the host at once and starts it again from its disk, as a power cut would; seconds. */
  reset(): Promise<void>;
  /** Thaws the root, ends every process, removes loop device and disk. */
  stop(): Promise<void>;
}

export interface NamespaceHostOptions {
  /** Makes its disk so small, file system and all: for tests that read all of it. At least 1 GiB. */
  readonly sizeBytes?: number;
}

/** Starts a host on a copy of the Debian disk, in about three seconds. The caller must `stop()` it. */
export async function startNamespaceHost(options: NamespaceHostOptions = {}): Promise<NamespaceHost> {
  const original = await debianDisk();
  const folder = await mkdtemp(join(tmpdir(), "sampan-namespace-host-"));
  const { sizeBytes = original.sizeBytes } = options;
  const disk = { ...original, sizeBytes, path: join(folder, "disk.raw") };
  const identityFile = join(folder, "id_ed25519");
  const steps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const undo = async () => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  try {
    await execa("cp", ["--sparse=always", "--reflink=auto", original.path, disk.path]);
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test bed", "-f", identityFile]);
    if (sizeBytes < original.sizeBytes) await shrink(disk);
    const { stdout: device } = await execa("losetup", ["--find", "--show", "--partscan", disk.path]);
    steps.push(() => execa("losetup", ["--detach", device]));
    const partition = await addPartition(device, disk);

    let first = await startFirstProcess(folder, device, partition);
    steps.push(() => first.end());
    await configure(first.root, await readFile(`${identityFile}.pub`, "utf8"));
    const hostKey = (await readFile(join(first.root, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8"))
      .split(" ")
      .slice(0, 2)
      .join(" ");

    const server = createServer({ pauseOnConnect: true }, (socket) => serve(socket, first.pid));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    steps.push(async () => void server.close());
    const access = await sshAccess(folder, {
      port: (server.address() as AddressInfo).port,
      identityFile,
      hostKey,
    });
    return {
      ...access,
      disk,
      root: () => first.root,
      isFrozen: () => isFrozen(first.root),
      async reset() {
        await first.end();
        first = await startFirstProcess(folder, device, partition);
      },
      stop: undo,
    };
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Cuts a disk of one partition to its size. */
async function shrink({ path, sizeBytes, partitionOffsetBytes }: DebianDisk): Promise<void> {
  const { stdout: device } = await execa("losetup", [
    ...["--find", "--show", "--offset", String(partitionOffsetBytes), path],
  ]);
  try {
    await execa("e2fsck", ["-f", "-p", device]);
    await execa("resize2fs", [device, `${(sizeBytes - partitionOffsetBytes) / 1024}K`]);
  } finally {
    await execa("losetup", ["--detach", device]);
  }
  await truncate(path, sizeBytes);
  const file = await open(path, "r+");
  const sectors = Buffer.alloc(4);
  sectors.writeUInt32LE((sizeBytes - partitionOffsetBytes) / 512);
  // The length in the first entry of the MBR's table.
  await file.write(sectors, 0, sectors.length, 0x1ca);
  await file.close();
}

/** Names the disk's partition to the kernel, which may not know this kind of table. */
async function addPartition(device: string, disk: DebianDisk): Promise<string> {
  const partition = `${device}p1`;
  if (!existsSync(`/sys/class/block/${basename(partition)}`)) {
    const sectors = [disk.partitionOffsetBytes, disk.sizeBytes - disk.partitionOffsetBytes].map((bytes) =>
      String(bytes / 512),
    );
    await execa("addpart", [device, "1", ...sectors]);
  }
  return partition;
}

interface FirstProcess {
  readonly pid: number;
  readonly root: string;
  end(): Promise<void>;
}

async function startFirstProcess(folder: string, device: string, partition: string): Promise<FirstProcess> {
  const work = join(folder, "work");
  await mkdir(work, { recursive: true });
  const flags = ["--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child=KILL"];
  const child = execa("unshare", [...flags, "--", initScript, work, device, partition], {
    stdin: "ignore",
    reject: false,
    cleanup: true,
  });
  const ready = once(child.stdout, "data");
  const early = await Promise.race([ready.then(() => undefined), child]);
  if (early !== undefined) throw new Error(`a host in namespaces did not start: ${early.stderr}`);
  // unshare waits for its one child, the first process of the new namespace.
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
  const pid = Number(children.trim());
  const root = `/proc/${pid}/root`;
  return {
    pid,
    root,
    async end() {
      // A frozen file system would keep the loop device for ever. Fails where it is not frozen, as it should be.
      await execa("fsfreeze", ["--unfreeze", root], { reject: false });
      // With its first process everything in the namespace ends, and unshare after it.
      process.kill(pid, "SIGKILL");
      await child;
    },
  };
}

/** Lets the key in, and removes what only makes a capture long. What was removed stays on the disk, as free space. */
async function configure(root: string, publicKey: string): Promise<void> {
  await mkdir(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  await writeFile(join(root, "root/.ssh/authorized_keys"), publicKey, { mode: 0o600 });
  // Sessions of systemd's are none without systemd.
  await writeFile(
    join(root, "etc/ssh/sshd_config.d/bed.conf"),
    "UseDNS no\nUsePAM no\nMaxStartups 100\nMaxSessions 50\n",
  );
  const free = ["doc", "man", "locale", "info", "vim", "i18n", "perl"].map((name) => `usr/share/${name}`);
  for (const path of [...free, "usr/lib/git-core", "usr/lib/python3", "usr/lib/python3.11"]) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  await execa("sync", ["--file-system", root]);
}

/** Serves a connection by an sshd in the host's namespaces, which gets the socket itself. */
function serve(socket: Socket, pid: number): void {
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"];
  const sshd = spawn("nsenter", ["--target", String(pid), ...namespaces, "--", "/usr/sbin/sshd", "-i"], {
    stdio: [socket, socket, "ignore"],
  });
  sshd.on("error", () => socket.destroy());
  socket.on("error", () => undefined);
  socket.destroy();
}

/** Freezing what is frozen is refused; that is the one question that waits for nobody. */
async function isFrozen(root: string): Promise<boolean> {
  const freeze = await execa("fsfreeze", ["--freeze", root], { reject: false });
  if (freeze.exitCode === 0) {
    await execa("fsfreeze", ["--unfreeze", root]);
    return false;
  }
  if (!/busy/i.test(freeze.stderr)) throw new Error(`asking whether ${root} is frozen: ${freeze.stderr}`);
  return true;
}
