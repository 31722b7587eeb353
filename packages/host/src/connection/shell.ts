import type { Readable, Writable } from "node:stream";

/** A program and its arguments, each passed on as it is: never a line of shell. */
export type Argv = readonly [program: string, ...args: string[]];

/** How a command is run. */
export interface CommandOptions {
  /** What the command reads from its standard input; without it that is empty. */
  readonly input?: Uint8Array | string;
  /** Runs it as the administrator of the host: `root`. Nothing changes where the user is that already. */
  readonly asRoot?: boolean;
  /** Longest output that is kept, in bytes; more ends in `HOST_ANSWER_TOO_LONG`. Default: 16 MiB. */
  readonly maxOutputBytes?: number;
  /** Ends the command after so long with `HOST_TIMEOUT`. Default: two minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a command ended. */
export interface CommandResult {
  /** What the program returned; 128 and the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** What it said to people, as text without control characters, at most 64 KiB. */
  readonly stderr: string;
}

/** A command that is running, with open pipes. Its user ends it. */
export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the command has ended; rejects only when the connection was lost (`HOST_CONNECTION_LOST`). */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
  /** Closes the pipes and ends the command. Idempotent. */
  kill(): void;
}

/**
 * Runs commands on a host with a POSIX userland: this machine, or one behind a connection.
 *
 * Commands may run at the same time. A command that fails is no error of the shell: its exit code tells. Errors of the
 * shell are `HOST_UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_LOGIN_REFUSED`, `HOST_CONNECTION_LOST`, `HOST_ROOT_REFUSED`,
 * `HOST_TIMEOUT` and `HOST_ANSWER_TOO_LONG`.
 *
 * @example
 * ```ts
 * const { exitCode, stdout } = await shell.run(["cat", "/etc/hostname"]);
 * ```
 */
export interface Shell {
  /** What people call the host: `ssh://root@web-01`, `this machine`. */
  readonly title: string;
  /** Runs a program to its end. */
  run(argv: Argv, options?: CommandOptions): Promise<CommandResult>;
  /**
   * Runs a script of POSIX sh to its end. The script is a constant of the program; everything foreign comes as an argument
   * (`"$1"`, `"$2"` …), which no shell reads as syntax.
   */
  script(script: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts a program and leaves its pipes open, for what streams. */
  start(argv: Argv, options?: Pick<CommandOptions, "asRoot" | "signal">): Promise<RunningCommand>;
  /** As `script`, with the pipes left open. */
  startScript(
    script: string,
    args: readonly string[],
    options?: Pick<CommandOptions, "asRoot" | "signal">,
  ): Promise<RunningCommand>;
  /** Ends what still runs, and the connection. Idempotent. */
  close(): Promise<void>;
}
