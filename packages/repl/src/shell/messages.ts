import { say } from "../language/speech.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { textWidth } from "../terminal/width.ts";

/*
 * What the shell says to people that is more than one message. Texts that take something foreign take it safe.
 */

/** How to get out of a half-typed input. The longest that fits the screen is said. */
export function waysOut(): readonly string[] {
  return [say("shell.way-out"), say("shell.way-out-short"), say("shell.way-out-shortest")];
}

/** Said below what did not fit on the screen; shorter where the screen is narrow. */
export function moreHint(lines: number, columns: number): string {
  const text = say("shell.more", { lines });
  return textWidth(text) <= columns ? text : say("shell.more-short", { lines });
}

/** Said when a run was started from the prompt. */
export function jobStarted(number: number, runId: string, attached: boolean): string {
  const first = say(attached ? "shell.job-followed" : "shell.job-started", { number, runId });
  return `${first}\n    ${say("shell.job-ways", { number })}`;
}

/** Said above a run that is watched. */
export function followingJob(attached: boolean): string {
  return say(attached ? "shell.following-attached" : "shell.following");
}

/** How long a job has been going on, in a list. */
export function jobAge(ms: number): string {
  return say("shell.for", { time: formatDuration(ms) });
}
