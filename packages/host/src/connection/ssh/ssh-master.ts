import { spawn } from "node:child_process";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { SampanError, shownArguments, throwIfCancelled } from "@sampan/core";
import { execa } from "execa";
import { makeControlFolder, removeControlFolder } from "./control-folder.ts";
import { exitArguments, masterArguments, type SshLimits, targetArguments } from "./ssh-arguments.ts";
import { chooseCiphers } from "./ssh-ciphers.ts";
import { connectFailure } from "./ssh-failures.ts";
import { type SshTarget, sshTitle } from "./ssh-target.ts";

/** Once the host answers, so long may keys and agents take: ssh itself sets no bound to it. */
const loginPatienceMs = 30_000;
const keptLogBytes = 64 * 1024;

/** How a master is started. */
export interface MasterOptions extends SshLimits {
  readonly program: string;
  readonly asksOnTerminal: boolean;
  /** True when this host was reached before, so that not reaching it now may pass. */
  readonly again: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One logged-in SSH connection: a process of OpenSSH in the background that opens channels for others through a socket.
 *
 * We hold on to it by an open connection to that socket. When this program ends, however it ends, the kernel lets go, and the
 * master ends by itself seconds later; when the master ends, we hear of it at once.
 */
export class SshMaster {
  readonly socket: string;
  /** Channels that are open now; counted by the user of this class. */
  open = 0;
  /** Most channels at a time; lowered when the host refuses one. */
  capacity: number;
  readonly #program: string;
  readonly #folder: string;
  readonly #log: FileHandle;
  readonly #hold: Socket;
  #alive = true;
  readonly #ended: Promise<void>;

  private constructor(
    options: MasterOptions,
    capacity: number,
    folder: string,
    log: FileHandle,
    hold: Socket,
  ) {
    this.#program = options.program;
    this.capacity = capacity;
    this.#folder = folder;
    this.#log = log;
    this.#hold = hold;
    this.socket = socketIn(folder);
    this.#ended = new Promise((resolve) => {
      hold.once("close", () => {
        this.#alive = false;
        resolve();
      });
    });
    // The greeting of the master is of no use; reading on is what makes its end heard.
    hold.on("error", () => undefined);
    hold.resume();
    hold.unref();
  }

  /**
   * Connects and logs in.
   *
   * @throws `HOST_UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_LOGIN_REFUSED`, `HOST_TOOL_MISSING` without OpenSSH.
   */
  static async start(target: SshTarget, capacity: number, options: MasterOptions): Promise<SshMaster> {
    const title = sshTitle(target);
    const folder = await makeControlFolder();
    const logPath = join(folder, "log");
    let log: FileHandle | undefined;
    try {
      log = await open(logPath, "a+", 0o600);
      const ciphers = await chooseCiphers(options.program, targetArguments(target), options.signal);
      const argv = masterArguments(target, socketIn(folder), logPath, { ...options, ciphers });
      const loginMs = options.asksOnTerminal
        ? undefined
        : options.connectTimeoutSeconds * 1000 + loginPatienceMs;
      const exitCode = await runLogging(options.program, argv, log.fd, loginMs, options.signal).catch(
        (cause: unknown) => {
          throw new SampanError(
            "HOST_TOOL_MISSING",
            `connecting to ${title}: ${options.program} cannot be started`,
            { hint: "Install the client of OpenSSH (Debian: openssh-client).", cause },
          );
        },
      );
      throwIfCancelled(options.signal);
      if (exitCode === "late") {
        throw new SampanError("HOST_UNREACHABLE", `connecting to ${title}: the log-in comes to no end`, {
          retryable: options.again,
          details: { host: title },
        });
      }
      if (exitCode !== 0) throw connectFailure(title, await tail(log), options.again);
      const hold = await holdOnTo(socketIn(folder));
      if (hold === undefined) throw connectFailure(title, await tail(log), options.again);
      // Its text stays readable through the open file, and nothing but the socket is left in the folder.
      await unlink(logPath);
      return new SshMaster(options, capacity, folder, log, hold);
    } catch (error) {
      await log?.close();
      await removeControlFolder(folder);
      throw error;
    }
  }

  /** False once the connection has ended. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Asks the master whether it is there; false when it does not greet. */
  async answers(): Promise<boolean> {
    if (!this.#alive) return false;
    const probe = await holdOnTo(this.socket);
    probe?.destroy();
    if (probe === undefined) this.#alive = false;
    return this.#alive;
  }

  /** What ssh said since the start. */
  said(): Promise<string> {
    return tail(this.#log).catch(() => "");
  }

  /** Ends the connection and removes its folder. Idempotent. */
  async close(): Promise<void> {
    if (this.#alive) {
      await execa(this.#program, exitArguments(this.socket), {
        stdio: "ignore",
        reject: false,
        timeout: 2_000,
      });
      // Whoever waits for this has perhaps nothing else left: without a hold on the process it would end in the middle, with code 13.
      this.#hold.ref();
      let patience: NodeJS.Timeout | undefined;
      const patient = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, 2_000);
      });
      await Promise.race([this.#ended, patient]);
      clearTimeout(patience);
    }
    this.#hold.destroy();
    this.#alive = false;
    await this.#log.close().catch(() => undefined);
    await removeControlFolder(this.#folder);
  }
}

/**
 * Runs a program with its messages going to an open file, which a process that it leaves in the background keeps; execa would pass
 * them through a pipe of this process and wait for its end.
 */
function runLogging(
  program: string,
  argv: readonly string[],
  log: number,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<number | null | "late"> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: ["ignore", "ignore", log] });
    Object.assign(child, { [shownArguments]: true });
    let late = false;
    const kill = () => child.kill();
    const timer = setTimeout(
      () => {
        late = true;
        kill();
      },
      timeoutMs ?? 2 ** 31 - 1,
    );
    signal?.addEventListener("abort", kill, { once: true });
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
    };
    child.once("error", (error) => {
      finish();
      reject(error);
    });
    child.once("exit", (exitCode) => {
      finish();
      resolve(late ? "late" : exitCode);
    });
  });
}

function socketIn(folder: string): string {
  return join(folder, "c");
}

/** Connects to a master's socket and waits for its greeting; `undefined` when there is none within two seconds. */
function holdOnTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (held: boolean) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on("error", () => undefined);
      if (!held) socket.destroy();
      resolve(held ? socket : undefined);
    };
    const timer = setTimeout(() => finish(false), 2_000);
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("data", () => finish(true));
  });
}

async function tail(log: FileHandle): Promise<string> {
  const { size } = await log.stat();
  const bytes = Buffer.alloc(Math.min(size, keptLogBytes));
  const { bytesRead } = await log.read(bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString("utf8", 0, bytesRead);
}
