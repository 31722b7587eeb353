import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, fromErrorRecord, SampanError, toErrorRecord } from "@sampan/core";
import { type Plan, sourceTitle } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { spokenLanguage } from "../language/speech.ts";
import type { PlanFile } from "../plan/load-plan.ts";
import { homeOption } from "../run/home-folders.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { runnerProgram } from "../runner-program.ts";
import { secretAsker } from "../terminal/ask-secret.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { DetachedJob, DetachedReport, DetachedStart } from "./detached-job.ts";

/** What is started without a terminal. */
export interface DetachedWork {
  readonly command: DetachedJob["command"];
  readonly home: string;
  readonly plans: readonly Plan[];
  readonly files?: readonly PlanFile[];
}

/** Starts a program without waiting for it, as {@link spawn} does. */
export type StartProgram = (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;

/**
 * Starts a command's runs in a process of its own, which goes on when this one and its terminal are gone, and says how to follow them.
 *
 * Everything that asks a person has been asked before; passwords are asked for here and handed over by the channel between the two.
 * Resolves once the first run is recorded as started, or is known to be going on already.
 *
 * @param start how its process is started; tests have their own
 * @throws what kept the run from starting; `RUN_DETACH_FAILED` when the process ended without a word.
 */
export async function startDetached(
  call: CommandCall,
  work: DetachedWork,
  start: StartProgram = spawn,
): Promise<ExitCode> {
  const { output } = call;
  const {
    detach: _detach,
    json: _json,
    quiet: _quiet,
    passwordsStdin: _passwords,
    ...options
  } = call.options;
  const log = join(work.home, `starting-${process.pid}-${Date.now()}.log`);
  const job: DetachedJob = {
    command: work.command,
    args: call.args,
    options,
    cwd: call.cwd,
    ...(call.configured === undefined ? {} : { configured: call.configured }),
    ...(work.files === undefined ? {} : { files: work.files }),
    passwords: await askPasswords(call, work.plans),
    log,
  };
  const child = spawnRunner(call, work.home, log, start);
  const release = catchInterrupts(() => child.kill("SIGTERM"));
  try {
    const report = await reportOf(child, job);
    if (report.kind === "failed") throw fromErrorRecord(report.error);
    if (report.kind === "started") tell(call, work.home, report, child.pid);
    else output.alert(plainText(readFileSync(log, "utf8").trimEnd()));
    if (report.kind === "ended" && output.asJson) output.json({ exitCode: report.exitCode });
    return report.kind === "ended" ? (report.exitCode as ExitCode) : 0;
  } finally {
    release();
    if (child.connected) child.disconnect();
    child.unref();
    // Of a run that was started it is in that run's folder by now.
    rmSync(log, { force: true });
  }
}

async function askPasswords(
  call: CommandCall,
  plans: readonly Plan[],
): Promise<readonly (readonly [string, string])[]> {
  const ask = secretAsker(call);
  const passwords = new Map<string, string>();
  for (const { source } of plans) {
    if (ask === undefined || !("passwordFrom" in source) || source.passwordFrom !== "ask") continue;
    const title = sourceTitle(source);
    passwords.set(title, (await ask(title)).reveal());
  }
  return [...passwords];
}

function spawnRunner(call: CommandCall, home: string, log: string, start: StartProgram): ChildProcess {
  let file: number | undefined;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    file = openSync(log, "ax", 0o600);
    return start(process.execPath, [runnerProgram], {
      // A session of its own: closing the terminal ends nothing in it.
      detached: true,
      cwd: call.cwd,
      // Its log is read by whoever started it.
      env: { ...call.env, SAMPAN_LANG: spokenLanguage() },
      stdio: ["ignore", file, file, "ipc"],
      windowsHide: true,
    });
  } catch (error) {
    throw new SampanError("RUN_DETACH_FAILED", `starting a runner with its log at ${log}`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What the runner says first. */
function reportOf(child: ChildProcess, job: DetachedJob): Promise<DetachedReport> {
  return new Promise((resolve) => {
    const fail = (what: string, cause?: unknown): void => {
      const error = new SampanError("RUN_DETACH_FAILED", `starting a detached runner: ${what}`, {
        details: { log: lastLines(job.log) },
        ...(cause === undefined ? {} : { cause }),
      });
      resolve({ kind: "failed", error: toErrorRecord(error) });
    };
    child.once("message", (message) => resolve(message as DetachedReport));
    child.once("error", (error) => fail("it cannot be started", error));
    child.once("exit", (code, signal) => {
      // What it said last may still be on its way.
      const gone = (): void =>
        fail(`it ended with ${signal ?? `exit code ${code}`} before its run had started`);
      if (child.connected) child.once("disconnect", () => setImmediate(gone));
      else setImmediate(gone);
    });
    child.send(job, (error) => {
      // One that has ended says more by that, in a moment.
      if (error !== null) setTimeout(() => fail("it does not listen", error), 1_000).unref();
    });
  });
}

function lastLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-10);
  } catch {
    return [];
  }
}

function tell(call: CommandCall, home: string, start: DetachedStart, pid: number | undefined): void {
  const { output } = call;
  const { runId, attached, folder, log } = start;
  if (output.asJson) {
    output.json({
      runId,
      state: "running",
      attached,
      pid: attached ? null : (pid ?? null),
      home,
      folder,
      log,
    });
    return;
  }
  output.data(runId);
  output.talk(
    attached
      ? `run ${runId} is going on already`
      : `run ${runId} goes on without this terminal, in process ${pid}`,
  );
  const where = homeOption(call, home);
  output.talk(`to follow it: sampan attach ${runId}${where}`);
  output.talk(`to stop it: sampan cancel ${runId}${where}`);
  if (log !== null) output.talk(`its log: ${log}`);
}
