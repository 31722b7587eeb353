import { dirname } from "node:path";
import { say } from "../language/speech.ts";
import { createRunScreen } from "../render/run-screen.ts";
import { type FollowedRun, sayHowItEnded } from "../run/follow-run.ts";
import type { Job, JobEnd } from "./jobs.ts";
import type { Breaking } from "./line-editor/line-editor.ts";
import { followingJob } from "./messages.ts";
import { type ShellSession, sayError } from "./session.ts";
import { shellHome } from "./shell-home.ts";

/**
 * Shows a run until it ends and gives its end; `null` when somebody went back to the prompt meanwhile.
 *
 * The first Ctrl+C cancels a run of this session and lets it end, the second goes back to the prompt while it does; of one that another
 * process works on, it goes back at once. So does Ctrl+Z.
 *
 * @param stop cancels it at once, and says why.
 */
export async function followJob(
  session: ShellSession,
  job: Job,
  stop?: { readonly reason: string },
): Promise<JobEnd | null> {
  const { output, terminal } = session;
  const { handle } = job;
  if (job.end === null && terminal !== null && stop === undefined)
    output.talk(output.talkColours.dim(followingJob(handle.attached)));
  // A script under `--json` answers with the run's result alone.
  const screen = createRunScreen(output.asJson ? { ...output, asJson: false, quiet: true } : output, {
    sinceMs: Date.now(),
  });
  const subscription = handle.events.subscribe({
    next: (event) => screen.show(event),
    error: () => undefined,
  });
  terminal?.watched.add(job);
  let why: string | null = null;
  const left = new Promise<null>((resolve) => {
    let stopping = stop !== undefined;
    const leave = (words: string): void => {
      why = words;
      resolve(null);
    };
    const onKey = (key: Breaking): void => {
      if (key === "background" || handle.attached) leave(say("shell.sent-back"));
      else if (stopping) leave(say("shell.still-stopping"));
      else {
        stopping = true;
        screen.stopping();
        handle.cancel(key === "end" ? "because the shell was left" : "by Ctrl+C");
      }
    };
    terminal?.editor.whileBusy(onKey);
  });
  if (stop !== undefined && job.end === null) {
    screen.stopping();
    handle.cancel(stop.reason);
  }
  const end = await Promise.race([job.ended, left]);
  terminal?.editor.whileBusy(null);
  subscription.unsubscribe();
  screen.end();
  if (end === null) {
    terminal?.watched.delete(job);
    if (why !== null) output.talk(why);
  } else {
    if (end.error?.code === "CORE_CANCELLED" && terminal !== null)
      output.talk(output.talkColours.yellow(say("shell.was-stopped")));
    sayJobEnd(session, job, end);
  }
  return end;
}

/** Says what came of a job that has ended, with its table and what is left of it; its error is for the caller. */
export function sayJobEnd({ call, output }: ShellSession, job: Job, end: JobEnd): void {
  if (output.asJson) return;
  const { view, handle, startedMs } = job;
  const followed: FollowedRun = { runId: handle.id, view, result: end.result, error: end.error };
  // Of a run that was over before nothing is new.
  const isNew = view.lastAtMs !== null && view.lastAtMs >= startedMs;
  sayHowItEnded(call, homeOf(view.folder) ?? shellHome(call), followed, isNew ? end.tookMs : null);
}

/** Announces the end of a job that nobody watched. */
export function announceJob(session: ShellSession, job: Job): void {
  const { output } = session;
  const { end, handle } = job;
  if (end === null) return;
  const { talkColours } = output;
  const how =
    end.error === null
      ? talkColours.green(say("shell.has-finished"))
      : end.error.code === "CORE_CANCELLED"
        ? talkColours.yellow(say("shell.has-stopped"))
        : talkColours.red(say("shell.has-failed"));
  output.talk(say("shell.job-ended", { number: job.number, runId: handle.id, how }));
  if (end.error !== null && end.error.code !== "CORE_CANCELLED") sayError(session, end.error);
  sayJobEnd(session, job, end);
}

/** A run's folder lies in `runs` of its home. */
function homeOf(folder: string | null): string | undefined {
  return folder === null ? undefined : dirname(dirname(folder));
}
