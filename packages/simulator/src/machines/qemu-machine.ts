import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { ConsoleBuffer } from "./console-buffer.ts";
import type { Machine, MachineSpec } from "./machine.ts";
import { Monitor } from "./monitor.ts";
import { type Accelerator, type MachineFiles, monitorDescriptor, qemuArguments } from "./qemu-arguments.ts";

const consoleBytes = 64 * 1024;
/** How long a guest may take to power off before its power is cut, as the cloud does it. */
const powerOffMs = 60_000;

/** The programs of {@link startQemu}. */
export interface QemuPrograms {
  readonly qemu: string;
  /** `setpriv` of util-linux, where there is one: ends QEMU when this process dies, however it dies. */
  readonly setpriv: string | undefined;
}

/** What one machine is run with. */
export interface QemuStart {
  readonly programs: QemuPrograms;
  readonly spec: MachineSpec;
  readonly files: MachineFiles;
  /** Where QEMU works; holds the machine's files. */
  readonly folder: string;
  readonly accelerator: Accelerator;
}

/**
 * Starts QEMU on files of its own and waits until it answers; they are the caller's to remove.
 *
 * Rejects with QEMU's own last words when it ends first.
 */
export async function startQemu(start: QemuStart): Promise<Machine> {
  const { programs, spec, files, folder, accelerator } = start;
  const [program, ...before] =
    programs.setpriv === undefined
      ? [programs.qemu]
      : [programs.setpriv, "--pdeathsig", "KILL", programs.qemu];
  const child = spawn(program ?? programs.qemu, [...before, ...qemuArguments(spec, files, accelerator)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const output = new ConsoleBuffer(consoleBytes);
  const complaints = new ConsoleBuffer(4096);
  (child.stdout as Readable).on("data", (chunk: Uint8Array) => output.append(chunk));
  (child.stderr as Readable).on("data", (chunk: Uint8Array) => complaints.append(chunk));
  let reason: string | null = null;
  let cutByUs = false;
  const ended = endOf(child, () => reason ?? (cutByUs ? null : lastWords(complaints)));
  const monitor = new Monitor(child.stdio[monitorDescriptor] as Duplex, async (event) => {
    // A processor that cannot run what the guest asks stops it for good.
    if (event !== "STOP" || !(await isBroken(monitor))) return;
    reason = `this computer's processor cannot run the guest (${accelerator})`;
    child.kill("SIGKILL");
  });
  try {
    await monitor.run("qmp_capabilities");
    const ports = forwardedPorts(
      await monitor.run("human-monitor-command", { "command-line": "info usernet" }),
    );
    const cut = async () => {
      cutByUs = true;
      child.kill("SIGKILL");
      await ended;
    };
    return {
      ports,
      ended,
      console: async () => output.tail(),
      screenshot: () => screenshot(monitor, join(folder, "screen.png")),
      async stop(force) {
        if (!force) {
          await monitor.run("system_powerdown").catch(() => undefined);
          await Promise.race([ended, wait(powerOffMs, undefined, { ref: false })]);
        }
        await cut();
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    const { failed } = await ended;
    throw new Error(failed ?? (error as Error).message);
  }
}

async function isBroken(monitor: Monitor): Promise<boolean> {
  const answer = await monitor.run("query-status").catch(() => undefined);
  return (answer as { status?: unknown } | undefined)?.status === "internal-error";
}

function endOf(
  child: ChildProcess,
  complaint: () => string | null,
): Promise<{ readonly failed: string | null }> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ failed: error.message }));
    child.once("close", (code, signal) => {
      if (code === 0) resolve({ failed: null });
      else
        resolve({
          failed: complaint() ?? (signal === "SIGKILL" ? null : `QEMU ended with ${code ?? signal}`),
        });
    });
  });
}

function lastWords(complaints: ConsoleBuffer): string | null {
  const lines = Buffer.from(complaints.tail()).toString("utf8").trim().split("\n");
  return lines.at(-1)?.slice(0, 300) || null;
}

/** Guest ports and the ports that lead to them, out of `info usernet`: rows of protocol, descriptor, source and destination. */
function forwardedPorts(answer: unknown): ReadonlyMap<number, number> {
  const ports = new Map<number, number>();
  for (const line of String(answer).split("\n")) {
    const [kind, , , source, , destination] = line.trim().split(/ +/);
    if (kind === "TCP[HOST_FORWARD]") ports.set(Number(destination), Number(source));
  }
  return ports;
}

/** QEMU writes PNG from version 7.1 on, if built with it. */
async function screenshot(monitor: Monitor, path: string): Promise<Uint8Array | undefined> {
  try {
    await monitor.run("screendump", { filename: path, format: "png" });
    return await readFile(path);
  } catch {
    return undefined;
  } finally {
    await rm(path, { force: true });
  }
}
