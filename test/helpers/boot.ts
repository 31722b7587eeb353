import { execa } from "execa";

/** Tools that {@link bootDisk} starts. */
export const bootTools = ["qemu-system-x86_64"] as const;

export interface BootOptions {
  /** How QEMU should read the file. */
  readonly format: "raw" | "vpc" | "qcow2";
  /** The controller the disk hangs on: `virtio` as in the cloud (`/dev/vda`), `scsi` as on the old host (`/dev/sda`). */
  readonly bus: "virtio" | "scsi";
  /** A port of the loopback that leads to port 22 of the guest, once that has its address by DHCP. */
  readonly sshPort?: number;
  /** Longest wait for any one text on the console, in milliseconds. Default: eight minutes, for emulation on a slow machine. */
  readonly deadlineMs?: number;
}

/** A machine that is running, seen through its serial console. */
export interface BootedMachine {
  /** All that came over the serial console so far. */
  console(): string;
  /** How the emulator ended; `undefined` while it runs. */
  ended(): string | undefined;
  /** Waits until `text` comes over the console after what was awaited before; gives what came up to it. */
  waitFor(text: string | RegExp): Promise<string>;
  /** Logs in at a `login:` prompt that has been awaited. */
  logIn(user: string, password: string): Promise<void>;
  /** Runs one shell command in the session that was logged in and gives its output. */
  command(line: string): Promise<string>;
  /** Ends the emulator. */
  stop(): Promise<void>;
}

/**
 * Starts a disk image in QEMU without hardware acceleration; writes of the guest go to a temporary layer, never to the
 * file. The caller must `stop()` it.
 */
export function bootDisk(path: string, options: BootOptions): BootedMachine {
  const deadlineMs = options.deadlineMs ?? 8 * 60_000;
  const drive = `file=${path},format=${options.format},if=none,id=system,snapshot=on,cache=unsafe`;
  const forward = options.sshPort === undefined ? "" : `,hostfwd=tcp:127.0.0.1:${options.sshPort}-:22`;
  const machine = execa(
    "qemu-system-x86_64",
    [
      ...["-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "1024", "-no-reboot"],
      ...["-display", "none", "-monitor", "none", "-serial", "stdio"],
      ...["-drive", drive],
      ...(options.bus === "virtio"
        ? ["-device", "virtio-blk-pci,drive=system"]
        : ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=system"]),
      ...["-netdev", `user,id=net,restrict=on${forward}`, "-device", "virtio-net-pci,netdev=net"],
      ...["-device", "virtio-rng-pci"],
    ],
    { buffer: false, reject: false, stdin: "pipe", stderr: "pipe", cleanup: true },
  );
  let heard = "";
  let position = 0;
  let ended: string | undefined;
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  machine.stdout?.setEncoding("latin1").on("data", (chunk: string) => {
    heard += chunk;
    wake();
  });
  machine.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    heard += `[qemu] ${chunk}`;
  });
  void machine.then((result) => {
    ended = `QEMU ended with exit code ${result.exitCode ?? "none"}`;
    wake();
  });

  const find = (text: string | RegExp): number => {
    const rest = heard.slice(position);
    if (typeof text === "string") {
      const at = rest.indexOf(text);
      return at < 0 ? -1 : position + at + text.length;
    }
    const match = text.exec(rest);
    return match === null ? -1 : position + match.index + match[0].length;
  };

  const waitFor = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`waiting for ${text} on the console: ${why}\n${heard.slice(-3000)}`)));
      const look = () => {
        const end = find(text);
        if (end >= 0) {
          finish(() => {
            const passed = heard.slice(position, end);
            position = end;
            resolve(passed);
          });
        } else if (ended !== undefined) {
          fail(ended);
        }
      };
      const timer = setTimeout(() => fail(`nothing for ${deadlineMs / 1000} s`), deadlineMs);
      listeners.add(look);
      look();
    });

  const send = (text: string) => machine.stdin?.write(text);
  let commands = 0;
  return {
    console: () => heard,
    ended: () => ended,
    waitFor,
    async logIn(user, password) {
      send(`${user}\n`);
      await waitFor("Password:");
      send(`${password}\n`);
      await waitFor(/[#$] $/m);
      // No escape codes, no line editing, one recognisable prompt.
      send(
        "export TERM=dumb PS1='' LC_ALL=C; stty -echo; bind 'set enable-bracketed-paste off'; echo rea''dy\n",
      );
      await waitFor(/ready\r?\n/);
    },
    async command(line) {
      commands += 1;
      const mark = `done-${commands}`;
      send(`${line}; echo "${mark}"\n`);
      const output = await waitFor(new RegExp(`${mark}\\r?\\n`));
      return output.slice(0, output.lastIndexOf(mark)).replaceAll("\r", "").trim();
    },
    async stop() {
      machine.kill("SIGKILL");
      await machine;
    },
  };
}
