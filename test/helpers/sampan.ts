import { fileURLToPath } from "node:url";
import type { ErrorRecord, RunEvent, RunEventOf, RunEventType } from "@sampan/core";
import { faultOfEvent } from "@sampan/sdk/testing";
import { execa } from "execa";

/** The `sampan` program as it is installed: built files, a process of its own. */
export const sampanProgram = fileURLToPath(new URL("../../packages/repl/bin/sampan.mjs", import.meta.url));

export interface SampanOptions {
  /** Working folder: runs keep their journals in its `.sampan`. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the process when it takes longer, in milliseconds. Default: 110 s. */
  readonly timeoutMs?: number;
}

/** What a finished `sampan` said. */
export interface SampanResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout of `sampan … --json` as one value a line. */
  lines(): readonly (RunEvent | ErrorRecord)[];
  /** The events of one type. */
  events<T extends RunEventType>(type: T): readonly RunEventOf<T>[];
  /** Stdout as one JSON value. */
  json<T = unknown>(): T;
}

/** Starts `sampan` and does not wait: the process, for tests that kill it. */
export function startSampan(args: readonly string[], options: SampanOptions) {
  return execa(process.execPath, [sampanProgram, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: options.timeoutMs ?? 110_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs `sampan` to its end; never throws for an exit code. */
export async function sampan(args: readonly string[], options: SampanOptions): Promise<SampanResult> {
  const done = await startSampan(args, options);
  return asResult(done);
}

/** Reads a finished process as a {@link SampanResult}. */
export function asResult(done: {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly timedOut?: boolean;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
}): SampanResult {
  const stdout = String(done.stdout ?? "");
  const stderr = String(done.stderr ?? "");
  if (done.timedOut === true)
    throw new Error(`sampan took too long\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  const lines = () =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => asPublished(JSON.parse(line) as RunEvent | ErrorRecord));
  return {
    exitCode: done.exitCode ?? -1,
    stdout,
    stderr,
    lines,
    events: <T extends RunEventType>(type: T) =>
      lines().filter((line): line is RunEventOf<T> => line.type === type),
    json: <T>() => JSON.parse(stdout) as T,
  };
}

/** A line of `--json`, which is an error or an event as the published schema has it. */
function asPublished(line: RunEvent | ErrorRecord): RunEvent | ErrorRecord {
  const fault = line.type === "error" ? undefined : faultOfEvent(line);
  if (fault !== undefined) throw new Error(`no event of the schema: ${JSON.stringify(line)}\n${fault}`);
  return line;
}

/**
 * The environment of a program under test: what starts programs and finds folders, and nothing that could point it at
 * somebody's cloud account, proxy or colours.
 */
export function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG", "NODE_V8_COVERAGE"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, ...extra };
}
