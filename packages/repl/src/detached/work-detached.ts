import { renameSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, type RunEvent, SampanError, Secret, toErrorRecord } from "@sampan/core";
import type { AskSecret, RunHandle, Runner } from "@sampan/sdk";
import type { CommandCall, CommandFunction } from "../command-call.ts";
import { languageOf } from "../language/language.ts";
import { speak } from "../language/speech.ts";
import { reportError } from "../program.ts";
import { createOutput } from "../terminal/output.ts";
import type { DetachedJob, DetachedReport } from "./detached-job.ts";

/**
 * Does a job without a terminal and gives the exit code: the command's own, with its output in the log. Says once over the channel
 * what came of the start.
 */
export async function workDetached(
  job: DetachedJob,
  tell: (report: DetachedReport) => Promise<void>,
): Promise<number> {
  const { env, stdout, stderr } = process;
  await speak(languageOf({ argv: [], env }));
  const output = createOutput({ stdout, stderr, env });
  let told: Promise<void> | undefined;
  const tellOnce = (report: DetachedReport): Promise<void> => {
    told ??= tell(report);
    return told;
  };
  const started = (runner: Runner, handle: RunHandle<JsonObject>): void => {
    if (told === undefined) watchStart(job, runner, handle, tellOnce);
  };
  const call: CommandCall = {
    args: job.args,
    options: job.options,
    output,
    env,
    cwd: job.cwd,
    configured: job.configured,
    detached: {
      ...(job.files === undefined ? {} : { files: job.files }),
      ...(job.passwords.length === 0 ? {} : { ask: answersOf(job.passwords) }),
      started,
    },
  };
  try {
    const exitCode = await (await commandOf(job))(call);
    await tellOnce({ kind: "ended", exitCode });
    return exitCode;
  } catch (thrown) {
    await tellOnce({ kind: "failed", error: toErrorRecord(thrown) });
    return reportError({ argv: [], env, cwd: job.cwd, stdout, stderr }, thrown);
  }
}

async function commandOf(job: DetachedJob): Promise<CommandFunction> {
  return (job.command === "run" ? await import("../commands/run.ts") : await import("../commands/resume.ts"))
    .run;
}

function answersOf(passwords: DetachedJob["passwords"]): AskSecret {
  const known = new Map(passwords);
  return async (forWhat) => {
    const password = known.get(forWhat);
    if (password !== undefined) return new Secret(password);
    throw new SampanError(
      "HOST_PASSWORD_MISSING",
      `asking for the password of ${forWhat}: there is no terminal`,
    );
  };
}

/** Tells of a run once its start is recorded, and puts the log into its folder. */
function watchStart(
  job: DetachedJob,
  runner: Runner,
  handle: RunHandle<JsonObject>,
  tell: (report: DetachedReport) => Promise<void>,
): void {
  const { id: runId, attached } = handle;
  // Asked in the same turn as the start: what this start records comes later. Of a run that another process works on the first start
  // will do, which that process may not have recorded yet.
  const before = attached
    ? Promise.resolve(0)
    : runner.recorded(runId).then(
        (events) => events.at(-1)?.seq ?? 0,
        () => 0,
      );
  void before.then((seq) => {
    const subscription = handle.events.subscribe((event: RunEvent) => {
      if (event.type !== "run.started" || event.seq <= seq || event.folder === null) return;
      const { folder, attempt } = event;
      const log = attached ? null : moveLog(job.log, folder, attempt);
      const told = tell({ kind: "started", runId, attached, folder, log });
      queueMicrotask(() => subscription.unsubscribe());
      // Another process works on it: nothing is left to do here for a plan that is the only one.
      if (attached && (job.files?.flatMap((file) => file.plans).length ?? 1) === 1) {
        void told.then(() => process.exit(0));
      }
    });
  });
}

/** Puts the log into the run's folder, where it is found later. The file that is written to stays the same. */
function moveLog(log: string, folder: string, attempt: number): string {
  const path = join(folder, `runner-${attempt}.log`);
  try {
    renameSync(log, path);
    return path;
  } catch {
    return log;
  }
}
