import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./ssh-banner.ts";
import { makeFolder } from "./temporary-folder.ts";

/** What `lacks()` must find for {@link startLoopbackSshd}. It runs as root, as sshd does. */
export const sshdTools = ["sshd", "ssh", "ssh-keygen", "unshare", "mount", "root"] as const;

export interface LoopbackSshdOptions {
  /** Further lines of sshd_config, such as `MaxSessions 2`. They win over the helper's own. */
  readonly config?: string;
  /** Port of the loopback; a free one by default. */
  readonly port?: number;
  /**
   * Program and arguments that sshd is started through, such as `["ip", "netns", "exec", "bed"]`. By default a mount namespace
   * in which root's shell is `/bin/sh`, so that what the machine's root has in `.bashrc` does not matter.
   */
  readonly through?: readonly string[];
  /** Address to listen on and to connect to. Default: 127.0.0.1. */
  readonly address?: string;
}

/** A real sshd of its own keys and configuration, which touches nothing of the machine's own. */
export interface LoopbackSshd {
  readonly port: number;
  readonly address: string;
  /** Folder with everything of it; free for the tests' own files. */
  readonly folder: string;
  /** Private key that every user of the machine may log in with. */
  readonly identityFile: string;
  /** Client configuration with which the host's key is known; knows nothing of the user's own. */
  readonly configFile: string;
  /** File of the known host's key, named by `configFile`. */
  readonly knownHostsFile: string;
  /** Target for `openSshShell`. */
  target(user?: string): { host: string; user: string; port: number; configFile: string };
  /** Ends every connection at once, as a cut cable or a reboot does, and goes on listening. */
  cutConnections(): void;
  /** Ends sshd and all its connections; the port refuses connections until {@link start}. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts a real sshd on a loopback port with host keys of its own. Users log in with its key; root may too. PAM is off.
 *
 * @example
 * ```ts
 * const sshd = await startLoopbackSshd();
 * const shell = await openSshShell(sshd.target());
 * ```
 */
export async function startLoopbackSshd(options: LoopbackSshdOptions = {}): Promise<LoopbackSshd> {
  const folder = await makeFolder();
  // Users of the tests have to reach their authorized keys.
  await chmod(folder, 0o755);
  // sshd separates privileges in this folder, which a machine without a running sshd may lack.
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const port = options.port ?? (await freePort());
  const address = options.address ?? "127.0.0.1";
  const at = (name: string) => join(folder, name);
  for (const key of ["host_key", "user_key"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "sampan-test", "-f", at(key)]);
  }
  await writeFile(at("authorized_keys"), await readFile(at("user_key.pub")), { mode: 0o644 });
  const hostKey = (await readFile(at("host_key.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
  await writeFile(at("known_hosts"), `[${address}]:${port} ${hostKey}\n`);
  await writeFile(
    at("sshd_config"),
    [
      options.config ?? "",
      `ListenAddress ${address}:${port}`,
      `HostKey ${at("host_key")}`,
      `PidFile ${at("sshd.pid")}`,
      `AuthorizedKeysFile ${at("authorized_keys")}`,
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "UseDNS no",
      "StrictModes no",
      "MaxStartups 100:30:200",
      "",
    ].join("\n"),
  );
  await writeFile(
    at("ssh_config"),
    [
      "Host *",
      `  IdentityFile ${at("user_key")}`,
      "  IdentitiesOnly yes",
      "  IdentityAgent none",
      `  UserKnownHostsFile ${at("known_hosts")}`,
      "  GlobalKnownHostsFile /dev/null",
      "  StrictHostKeyChecking yes",
      "",
    ].join("\n"),
  );

  const passwd = (await readFile("/etc/passwd", "utf8")).replace(/^(root:.*:)[^:\n]*$/m, "$1/bin/sh");
  await writeFile(at("passwd"), passwd);
  const plainRoot = 'mount --make-rprivate / && mount --bind "$1" /etc/passwd && shift && exec "$@"';
  const through = options.through ?? ["unshare", "-m", "sh", "-c", plainRoot, "sh", at("passwd")];

  let daemon: ChildProcess | undefined;
  const start = async () => {
    const sshd = findSshd();
    const [file = sshd, ...args] = [...through, sshd, "-D", "-e", "-f", at("sshd_config")];
    daemon = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    daemon.stderr?.setEncoding("utf8").on("data", (part: string) => {
      said = (said + part).slice(-10_000);
    });
    for (let tries = 0; !(await answers(address, port)); tries++) {
      if (daemon.exitCode !== null || tries > 300) throw new Error(`sshd did not start: ${said}`);
      await pause(20);
    }
  };
  /** Kills what serves connections; who listens stands still meanwhile, so that none slips through. */
  const killSessions = () => {
    if (daemon?.pid === undefined) return;
    kill(daemon.pid, "SIGSTOP");
    for (let pids = descendants(daemon.pid); pids.length > 0; pids = descendants(daemon.pid)) {
      for (const pid of pids) kill(pid, "SIGKILL");
    }
  };
  const cutConnections = () => {
    killSessions();
    if (daemon?.pid !== undefined) kill(daemon.pid, "SIGCONT");
  };
  const stop = async () => {
    if (daemon?.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = new Promise((resolve) => daemon?.once("exit", resolve));
    killSessions();
    kill(daemon.pid, "SIGKILL");
    await gone;
  };
  await start();
  return {
    port,
    address,
    folder,
    identityFile: at("user_key"),
    configFile: at("ssh_config"),
    knownHostsFile: at("known_hosts"),
    target: (user = userInfo().username) => ({ host: address, user, port, configFile: at("ssh_config") }),
    cutConnections,
    stop,
    start,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// sshd insists on being started by its absolute path.
function findSshd(): string {
  return execFileSync("sh", ["-c", "command -v sshd || echo /usr/sbin/sshd"], { encoding: "utf8" }).trim();
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** Processes started by a process and by those, as far as they have not been handed to another parent. */
function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const search = [root];
  for (let parent = search.pop(); parent !== undefined; parent = search.pop()) {
    const own = children.get(parent) ?? [];
    found.push(...own);
    search.push(...own);
  }
  return found;
}

function parentOf(pid: number): number | undefined {
  try {
    // The name, in brackets, may hold anything. What has ended and only waits for its parent to notice does not count.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\)/s, "")
      .trim()
      .split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
  });
}
