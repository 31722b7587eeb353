import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** How a test bed is reached by SSH. */
export interface SshAccess {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Private key that may log in. */
  readonly identityFile: string;
  /** A known_hosts file that knows the bed's key on every port of the loopback, for tests that put a proxy before it. */
  readonly knownHostsFile: string;
  /** A file for `ssh -F` with port, key and known_hosts for `127.0.0.1` and for the name `bed`. */
  readonly configFile: string;
  /**
   * Runs a line of shell on the bed, past the program under test; an empty input, never an error for an exit code (255 is ssh's own).
   */
  run(line: string, options?: RunOptions): Promise<RunResult>;
  /** As {@link run}, and throws when the exit code is not 0; what was said, without space around it. */
  say(line: string, options?: RunOptions): Promise<string>;
}

export interface RunOptions {
  /** Default: root. */
  readonly user?: string;
  readonly input?: string;
  /** Default: one minute. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Tools that {@link sshAccess} starts. */
export const sshAccessTools = ["ssh"] as const;

/** Writes the files with which a bed is reached into a folder of the test's. */
export async function sshAccess(
  folder: string,
  bed: { readonly port: number; readonly identityFile: string; readonly hostKey: string },
): Promise<SshAccess> {
  const knownHostsFile = join(folder, "known_hosts");
  const configFile = join(folder, "ssh_config");
  await writeFile(knownHostsFile, `127.0.0.1,[127.0.0.1]:* ${bed.hostKey}\n`);
  await writeFile(configFile, sshConfig(bed.port, bed.identityFile, knownHostsFile));
  const run = async (line: string, options: RunOptions = {}): Promise<RunResult> => {
    const { user = "root", input = "", timeoutMs = 60_000 } = options;
    const done = await execa("ssh", ["-F", configFile, "-o", "BatchMode=yes", `${user}@bed`, line], {
      input,
      reject: false,
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 ** 2,
    });
    if (done.timedOut) throw new Error(`${line}: no end on the test bed after ${timeoutMs / 1000} s`);
    return { exitCode: done.exitCode ?? 255, stdout: done.stdout, stderr: done.stderr };
  };
  return {
    host: "127.0.0.1",
    port: bed.port,
    identityFile: bed.identityFile,
    knownHostsFile,
    configFile,
    run,
    async say(line, options) {
      const { exitCode, stdout, stderr } = await run(line, options);
      if (exitCode !== 0) throw new Error(`${line}: exit code ${exitCode} on the test bed: ${stderr}`);
      return stdout.trim();
    },
  };
}

/** A client's configuration for a bed, or for a proxy before it. */
export function sshConfig(port: number, identityFile: string, knownHostsFile: string): string {
  return `Host bed 127.0.0.1
  HostName 127.0.0.1
  Port ${port}
  User root
  IdentityFile ${identityFile}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${knownHostsFile}
  GlobalKnownHostsFile /dev/null
  CheckHostIP no
  StrictHostKeyChecking yes
`;
}
