import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { freePort, sshBanner } from "../ssh-banner.ts";
import { buildOnce } from "./build-once.ts";
import { type LvmDisk, lvmDisk, lvmDiskTools } from "./lvm-disk.ts";
import { openQmp } from "./qmp.ts";
import { type SshAccess, sshAccess, sshAccessTools } from "./ssh-access.ts";

/** Tools that {@link startLvmGuest} starts; `"root"` besides. */
export const lvmGuestTools = [
  ...lvmDiskTools,
  ...sshAccessTools,
  "qemu-system-x86_64",
  "qemu-img",
  "zstd",
] as const;

export interface LvmGuestOptions {
  /** Debian packages besides those of {@link lvmDisk}; another set is another disk, which is built once. */
  readonly packages?: readonly string[];
  /** Lets the guest open connections: this machine's loopback is `10.0.2.2` to it. Default: it only answers. */
  readonly reachesThisMachine?: boolean;
  /** Ports of the guest that are reached here, besides SSH. */
  readonly ports?: readonly number[];
}

/** A machine of its own that runs Debian with its root on LVM, reached by SSH over a port of the loopback. */
export interface LvmGuest extends SshAccess {
  /** The disk it was started from; what the guest writes goes to a temporary layer. The guest calls it `/dev/vda`. */
  readonly disk: LvmDisk;
  /** The port of the loopback that leads to a port of `options.ports`. */
  portOf(guestPort: number): number;
  /** All that came over the serial console since this machine was started. */
  console(): Promise<string>;
  /** Takes power away and gives it back; resolves when SSH answers again, after about half a minute. */
  reset(): Promise<void>;
  /** Stops the machine's clock and processors, or lets them go on: a host that hangs. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the emulator and removes what it wrote. */
  stop(): Promise<void>;
}

const bootMs = 8 * 60_000;
/** The machine as it was saved is what has to be there when it goes on. */
const machine = [
  ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "768"],
  ...["-display", "none", "-device", "virtio-blk-pci,drive=system,serial=bed-system"],
  ...["-device", "virtio-net-pci,netdev=net,mac=52:54:00:be:d0:01", "-device", "virtio-rng-pci"],
] as const;

/**
 * Starts the guest in a few seconds: it goes on from where it had booted once. That state is kept in the cache folder beside
 * its disk, and made there (a boot, about a minute under emulation) where it is missing. The caller must `stop()` it.
 */
export async function startLvmGuest(options: LvmGuestOptions = {}): Promise<LvmGuest> {
  const disk = await lvmDisk(options.packages);
  const saved = await bootedState(disk);
  const folder = await mkdtemp(join(tmpdir(), "sampan-lvm-guest-"));
  const emulator = await start(folder, options, [
    ...["-drive", `file=${join(saved, "booted.qcow2")},if=none,id=system,snapshot=on,cache=unsafe`],
    ...["-incoming", `exec:zstd -dc ${join(saved, "memory.zst")}`],
  ]);
  try {
    await emulator.waitForStatus("paused");
    await emulator.qmp.command("cont");
    await sshBanner(emulator.port, { deadlineMs: 60_000, giveUp: emulator.ended });
    const access = await sshAccess(folder, { ...disk, port: emulator.port });
    // It believes that no time has passed since it was saved.
    await access.say(`date -s @${Math.floor(Date.now() / 1000)}`);
    return {
      ...access,
      disk,
      portOf(guestPort) {
        const port = emulator.ports.get(guestPort);
        if (port === undefined) throw new Error(`port ${guestPort} of the guest is not forwarded`);
        return port;
      },
      console: () => readFile(join(folder, "console.log"), "latin1"),
      async reset() {
        await emulator.qmp.command("system_reset");
        await waitForSystem(access, emulator);
      },
      async pause() {
        await emulator.qmp.command("stop");
      },
      async resume() {
        await emulator.qmp.command("cont");
      },
      async stop() {
        await emulator.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The folder with disk and memory of a guest that has booted. */
async function bootedState(disk: LvmDisk): Promise<string> {
  const version = await execa("qemu-system-x86_64", ["--version"]);
  const digest = createHash("sha256")
    .update(version.stdout)
    .update(machine.join("\0"))
    .digest("hex")
    .slice(0, 12);
  const saved = join(disk.folder, `booted-${digest}`);
  await buildOnce(saved, async (unfinished) => {
    const layer = join(unfinished, "booted.qcow2");
    // Told from where the layer lies: the cache may be moved.
    const backing = join("..", basename(disk.path));
    await execa("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", backing, layer]);
    const emulator = await start(unfinished, {}, [
      ...["-drive", `file=${layer},if=none,id=system,cache=unsafe`],
    ]);
    try {
      const access = await sshAccess(unfinished, { ...disk, port: emulator.port });
      await waitForSystem(access, emulator);
      await access.say("sync; echo 3 > /proc/sys/vm/drop_caches; journalctl --flush --rotate -q; sync");
      await emulator.qmp.command("stop");
      await emulator.qmp.command("migrate", {
        uri: `exec:zstd -q -1 -o ${join(unfinished, "memory.zst")}`,
      });
      await emulator.waitForMigration();
      await emulator.qmp.command("quit").catch(() => undefined);
    } finally {
      await emulator.stop();
    }
  });
  return saved;
}

/** Waits until SSH answers and the system has started what it starts. */
async function waitForSystem(access: SshAccess, emulator: Emulator): Promise<void> {
  const endMs = Date.now() + bootMs;
  for (;;) {
    await sshBanner(access.port, { deadlineMs: bootMs, giveUp: emulator.ended });
    const state = await access.run("systemctl is-system-running --wait", { timeoutMs: bootMs });
    // While it boots, and while it goes down, SSH refuses.
    if (state.exitCode !== 255) return;
    if (Date.now() > endMs) throw new Error(`waiting for the guest: ${state.stderr}`);
    await pause(500);
  }
}

interface Emulator {
  readonly port: number;
  readonly ports: ReadonlyMap<number, number>;
  readonly qmp: Awaited<ReturnType<typeof openQmp>>;
  ended(): string | undefined;
  waitForStatus(status: string): Promise<void>;
  waitForMigration(): Promise<void>;
  stop(): Promise<void>;
}

async function start(folder: string, options: LvmGuestOptions, more: readonly string[]): Promise<Emulator> {
  const ports = new Map<number, number>();
  for (const guestPort of [22, ...(options.ports ?? [])]) ports.set(guestPort, await freePort());
  const forwards = [...ports].map(([guestPort, port]) => `,hostfwd=tcp:127.0.0.1:${port}-:${guestPort}`);
  const restrict = options.reachesThisMachine === true ? "off" : "on";
  const control = join(folder, "qmp.sock");
  const child = execa(
    "qemu-system-x86_64",
    [
      ...machine,
      ...["-netdev", `user,id=net,restrict=${restrict}${forwards.join("")}`],
      ...["-serial", `file:${join(folder, "console.log")}`, "-monitor", "none"],
      ...["-qmp", `unix:${control},server=on,wait=off`],
      ...more,
    ],
    { reject: false, stdin: "ignore", cleanup: true },
  );
  let ending: string | undefined;
  void child.then((result) => {
    ending = `QEMU ended with exit code ${result.exitCode ?? "none"}: ${result.stderr}`;
  });
  const ended = () => ending;
  const stop = async () => {
    child.kill("SIGKILL");
    await child;
  };
  try {
    const qmp = await openQmp(control, ended);
    const poll = async (command: string, wanted: string) => {
      for (;;) {
        const { status } = await qmp.command<{ status?: string }>(command);
        if (status === wanted) return;
        if (status === "failed") throw new Error(`QEMU: ${command} says ${status}`);
        await pause(50);
      }
    };
    return {
      port: ports.get(22) ?? 0,
      ports,
      qmp,
      ended,
      waitForStatus: (status) => poll("query-status", status),
      waitForMigration: () => poll("query-migrate", "completed"),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
