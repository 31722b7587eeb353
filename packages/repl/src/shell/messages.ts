import { count, formatDuration } from "../terminal/numbers.ts";
import { textWidth } from "../terminal/width.ts";

/*
 * What the shell says to people, apart from its tables of commands and help. Texts that take something foreign take it safe.
 */

/** The longest that fits the screen is said. */
export const waysOut = [
  "Enter evaluates what is whole · Ctrl+C, or :break on a line of its own, drops it",
  "Ctrl+C, or :break on a line of its own, drops it",
  "Ctrl+C drops it",
];
export const planHint = "nothing was done → `.run()` to start, `.plan()` for detail";
export const planEmpty = "no steps yet";
export const promiseText = "a promise: `await` it for its value";
export const nothingMore = "nothing more to show";
export const idleInterrupt = "to leave: Ctrl+C again, Ctrl+D, or :quit";
export const noLongerWaiting = "no longer waiting; what was started may go on";
export const dropped = "dropped";
export const jobsLeaveFirst = "these runs are part of this process and would be stopped, resumable:";
export const jobsLeaveAgain =
  "once more (:quit, Ctrl+D or Ctrl+C) stops them and leaves; `:fg` waits; `sampan run FILE --detach` outlives a shell";
export const stoppingJobs = "stopping the runs; what is in flight ends or is aborted (Ctrl+C leaves at once)";
export const stillStopping = "it goes on stopping behind the prompt";
export const wasStopped = "the run was stopped";
export const sentBack = "it goes on behind the prompt";
export const noJobs = "no runs were started here; `.run()` of a plan starts one, `:runs` lists those on disk";

export const realAccountNotice = "`.run()` changes a real account of Alibaba Cloud, without another question";

/** The first line of a shell. */
export function greeting(version: string): string {
  return `sampan ${version} · :help says what can be typed, Ctrl+D leaves`;
}

/** Said below what did not fit on the screen; shorter where the screen is narrow. */
export function moreHint(lines: number, columns: number): string {
  const text = `… ${count(lines, "more line")}: \`:more\``;
  return textWidth(text) <= columns ? text : `… ${lines} more: \`:more\``;
}

/** Said when a run was started from the prompt. */
export function jobStarted(number: number, runId: string, attached: boolean): string {
  const what = attached ? "was going on already, and is followed" : "started";
  return `[${number}] run ${runId} ${what}\n    \`:fg ${number}\` shows it · \`:cancel ${number}\` stops it · \`await _\` waits for its result`;
}

/** Said once when a run has ended that nobody watched. */
export function jobEnded(number: number, runId: string, how: string): string {
  return `[${number}] run ${runId} ${how}`;
}

/** Said above a run that is watched. */
export function followingJob(attached: boolean): string {
  return attached
    ? "Ctrl+C or Ctrl+Z goes back to the prompt; the run goes on"
    : "Ctrl+C stops the run, Ctrl+Z goes back to the prompt";
}

/** How long a job has been going on, in a list. */
export function jobAge(ms: number): string {
  return `for ${formatDuration(ms)}`;
}
