import { type ExitCode, isSampanError, toErrorRecord } from "@sampan/core";
import { type PlanJob, type RunOutcome, sourceTitle, startAll } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { createManyScreen, type ManyScreen } from "../render/many-screen.ts";
import {
  type EndedRun,
  exitCodeFor,
  imagesOf,
  manySummary,
  storedBytesOf,
  worstExitCode,
} from "../render/many-summary.ts";
import { errorLines } from "../render/messages.ts";
import { closingLines } from "../render/run-summary.ts";
import { emptyRunView, type RunView } from "../render/run-view.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { tableStyleOf } from "../terminal/table.ts";
import { resumeCommand } from "./follow-run.ts";
import { catchInterrupts } from "./interrupts.ts";
import { onStatusAsked } from "./status-signals.ts";

/** A plan to run, and the home its run is recorded in. */
export interface HomedJob extends PlanJob {
  readonly home: string;
}

/**
 * Runs several plans, some at once, shows them together and ends with a table of all; gives the worst exit code.
 *
 * The first Ctrl+C cancels all runs and lets them end; the second leaves at once.
 */
export async function runMany(
  call: CommandCall,
  jobs: readonly HomedJob[],
  parallel: number | undefined,
): Promise<ExitCode> {
  const { output } = call;
  const titles = jobs.map(({ plan }) => sourceTitle(plan.source));
  const screen = createManyScreen(output, titles, Date.now());
  const stop = new AbortController();
  const release = catchInterrupts((reason) => {
    screen.stopping();
    stop.abort(reason);
  });
  const unask = onStatusAsked(() => screen.tellStatus());
  const ended = new Map<number, EndedRun>();
  const watched: Promise<void>[] = [];
  try {
    const outcomes = await startAll(jobs, {
      ...(parallel === undefined ? {} : { parallel }),
      signal: stop.signal,
      onStart(index, handle) {
        watched[index] = new Promise((resolve) => {
          handle.events.subscribe({
            next: (event) => screen.show(index, event),
            complete: resolve,
            error: () => resolve(),
          });
        });
      },
      onEnd(index, outcome) {
        watched[index] = (watched[index] ?? Promise.resolve()).then(() => {
          const view = screen.ended(index);
          ended.set(index, endedRun(outcome, view));
          sayHowItEnded(call, jobs[index]?.home ?? "", screen, index, outcome, view);
        });
      },
    });
    await Promise.all(watched);
    const runs = outcomes.map((outcome, index) => ended.get(index) ?? endedRun(outcome, emptyRunView));
    screen.end();
    const exitCode = worstExitCode(runs);
    if (output.asJson) output.json({ type: "runs.ended", exitCode, runs });
    else output.data(manySummary(runs, tableStyleOf(output)));
    return exitCode;
  } finally {
    screen.end();
    unask();
    release();
  }
}

function endedRun(outcome: RunOutcome, view: RunView): EndedRun {
  const { title, state, runId, result, tookMs } = outcome;
  const error = outcome.error === null ? null : toErrorRecord(outcome.error);
  return {
    title,
    state,
    runId,
    exitCode: exitCodeFor(error),
    error,
    images: imagesOf(result),
    storedBytes: storedBytesOf(result, view),
    tookMs,
  };
}

function sayHowItEnded(
  call: CommandCall,
  home: string,
  screen: ManyScreen,
  index: number,
  { error, runId, tookMs }: RunOutcome,
  view: RunView,
): void {
  const { talkColours } = call.output;
  const lines: string[] = [];
  if (error === null) lines.push(talkColours.green(`done in ${formatDuration(tookMs)}`));
  else if (!isSampanError(error, "CORE_CANCELLED"))
    lines.push(...errorLines(toErrorRecord(error), talkColours));
  else lines.push(oneLine(error.message));
  lines.push(...closingLines(view).map(oneLine));
  // Without a first event nothing was recorded that one could go on with.
  if (error !== null && runId !== null && view.attempt > 0) {
    lines.push(`to go on: ${resumeCommand(call, home, runId)}`);
  }
  screen.say(index, lines);
}
