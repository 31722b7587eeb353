import { availableParallelism, release, totalmem } from "node:os";
import { secretsIn } from "@sampan/core";
import { type DebugNote, debugLine, type Facts } from "./debug-line.ts";
import { noteHttp } from "./http-traffic.ts";
import { type LineFile, openLineFile } from "./line-file.ts";
import { notePrograms } from "./local-programs.ts";
import { noteError, noteSampan } from "./sampan-notes.ts";

/** What takes notes. */
export type Note = (note: DebugNote) => void;

/** What a debug log needs to be told. */
export interface DebugLogOptions {
  /** Path of the file, which is made, or appended to; `-` is standard error. */
  readonly file: string;
  /** Facts of the first line, beside those of the machine: version, command line. Secrets are taken out of them. */
  readonly about?: Facts;
  /** Told once, in the turn of the first line that cannot be written. Default: a line on standard error. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A debug log that is being written. */
export interface DebugLog {
  /** Ends it; what happens later is not written. Idempotent. */
  close(): void;
}

/** Variables that steer Sampan, its clients or Node.js. That they are set is written, never what to. */
const tellingVariable =
  /^(SAMPAN_|ALIBABA|ALICLOUD|ALIYUN|SECURITY_TOKEN$|NODE_|SSH_AUTH_SOCK$|XDG_|TMPDIR$|CI$|TERM$|L(ANG|C_))|_PROXY$/i;

/**
 * Writes down what Sampan does in this process, for whoever looks for why something went wrong: requests of HTTP, programs on hosts and
 * here, settings, events of runs, errors with stacks and causes. One line each; the manual (`debug-log.md` of the `sampan` package) tells how
 * to read them and what never stands in them. Lines are written in the turn in which things happen, so that they outlive a crash.
 *
 * It rests on `node:diagnostics_channel`: while no log is open, nothing is made and nothing is told.
 *
 * @throws what the file system says when the file cannot be opened.
 * @example
 * ```ts
 * const log = openDebugLog({ file: "sampan-debug.log" });
 * await Migration.from("ssh://root@web-01").assess().run();
 * log.close();
 * ```
 */
export function openDebugLog(options: DebugLogOptions): DebugLog {
  const { file, about, onTrouble = sayTrouble } = options;
  const { pid } = process;
  const lines = file === "-" ? standardError() : openLineFile(file, onTrouble);
  const secrets = knownSecrets(process.env);
  const note: Note = (one) => {
    try {
      lines.append(debugLine(new Date(), pid, one, secrets()));
    } catch {
      // What cannot be written down, such as an object that is in itself, is worth no run.
    }
  };
  note({ area: "program", message: "begins", facts: { ...about, ...machineFacts() } });
  const onCrash = (error: Error): void => noteError(note, { ended: "process" }, error);
  const onExit = (exitCode: number): void =>
    note({
      area: "program",
      message: "exits",
      facts: { exitCode, tookMs: Math.round(process.uptime() * 1000) },
    });
  process.on("uncaughtExceptionMonitor", onCrash);
  process.on("exit", onExit);
  const stops = [noteHttp(note), notePrograms(note), noteSampan(note)];
  return {
    close() {
      for (const stop of stops.splice(0)) stop();
      process.off("uncaughtExceptionMonitor", onCrash);
      process.off("exit", onExit);
      lines.close();
    },
  };
}

/** What of the environment is secret, looked for again when there are more variables, and each second: it takes as long as all else of a line. */
function knownSecrets(env: NodeJS.ProcessEnv): () => readonly string[] {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let variables = 0;
  let found: readonly string[] = [];
  return () => {
    const count = Object.keys(env).length;
    if (count !== variables || performance.now() - lookedAtMs > 1000) {
      variables = count;
      lookedAtMs = performance.now();
      found = secretsIn(env);
    }
    return found;
  };
}

function machineFacts(): Facts {
  const { arch, env, platform, version } = process;
  return {
    node: version,
    platform: `${platform}-${arch}`,
    release: release(),
    processors: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    variables: Object.keys(env)
      .filter((name) => tellingVariable.test(name) && env[name] !== "")
      .sort(),
  };
}

/** Standard error for lines; who reads it no longer loses them. */
function standardError(): LineFile {
  let isOpen = true;
  process.stderr.on("error", ignore);
  return {
    append(line) {
      if (isOpen) process.stderr.write(`${line}\n`);
    },
    close() {
      if (isOpen) process.stderr.off("error", ignore);
      isOpen = false;
    },
  };
}

function ignore(): void {
  // Nobody reads it any more.
}

function sayTrouble(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`the debug log cannot be written, and lacks lines: ${message}\n`);
}
