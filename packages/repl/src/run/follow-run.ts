import { asSampanError, isSampanError, type JsonObject, type SampanError } from "@sampan/core";
import { leftError, type RunHandle } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { createRunScreen } from "../render/run-screen.ts";
import { closingLines, resultTable } from "../render/run-summary.ts";
import type { RunView } from "../render/run-view.ts";
import { formatDuration } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { tableStyleOf } from "../terminal/table.ts";
import { homeOption } from "./home-folders.ts";
import { catchInterrupts } from "./interrupts.ts";
import { onStatusAsked } from "./status-signals.ts";

/** How a run that was followed ended. */
export interface FollowedRun {
  readonly runId: string;
  readonly view: RunView;
  readonly result: JsonObject | null;
  readonly error: SampanError | null;
}

/**
 * Starts a run, shows it until it ends, and says what came of it.
 *
 * The first Ctrl+C cancels the run and lets it end; the second leaves at once. A run that was going on already is followed, and Ctrl+C
 * leaves it as it is. Never throws for what happens in the run:
 * that is in the answer.
 */
export async function followRun(
  call: CommandCall,
  home: string,
  start: () => RunHandle<JsonObject>,
): Promise<FollowedRun> {
  const { output } = call;
  const sinceMs = Date.now();
  const startedMs = performance.now();
  const handle = start();
  const screen = createRunScreen(output, { sinceMs });
  let leave: (error: SampanError) => void = () => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = reject;
  });
  if (handle.attached) output.talk(followingLine(handle.id));
  const release = catchInterrupts((reason) => {
    if (handle.attached) return leave(leftError(handle.id));
    screen.stopping();
    handle.cancel(reason);
  });
  const unask = onStatusAsked(() => screen.tellStatus());
  let isNew = false;
  const watched = new Promise<void>((resolve) => {
    handle.events.subscribe({
      next: (event) => {
        isNew ||= Date.parse(event.at) >= sinceMs;
        screen.show(event);
      },
      complete: () => resolve(),
      error: () => resolve(),
    });
  });
  let result: JsonObject | null = null;
  let error: SampanError | null = null;
  try {
    result = await Promise.race([handle.result, left]);
    await watched;
  } catch (thrown) {
    error = asSampanError(thrown);
    if (!isLeft(error)) await watched;
  }
  release();
  unask();
  const view = screen.end();
  const tookMs = performance.now() - startedMs;
  if (error === null || !isLeft(error))
    sayHowItEnded(call, home, { runId: handle.id, view, result, error }, isNew ? tookMs : null);
  return { runId: handle.id, view, result, error };
}

/** Said when a run is followed that another process works on. */
export function followingLine(runId: string): string {
  return `run ${runId} is going on: Ctrl+C leaves it so, \`sampan cancel ${runId}\` stops it`;
}

function isLeft(error: SampanError): boolean {
  return error.details.left !== undefined;
}

/** Says what came of a run: its table, what it left, how to go on. `tookMs` is `null` for a run that was over before. */
export function sayHowItEnded(
  call: CommandCall,
  home: string,
  run: FollowedRun,
  tookMs: number | null,
): void {
  const { output } = call;
  const { view, result, error, runId } = run;
  if (result !== null) {
    const table = resultTable(result, tableStyleOf(output));
    if (table !== null) output.data(table);
    const took = formatDuration(tookMs ?? 0);
    if (tookMs === null)
      output.talk("this plan was finished before; nothing had to be done (`--again` starts anew)");
    else if (result.complete === false)
      output.talk(`stopped where asked after ${took}; \`${resumeCommand(call, home, runId)}\` goes on`);
    else output.talk(output.talkColours.green(`done in ${took}`));
    if (view.cloud?.rehearsal) output.talk(output.talkColours.magenta(rehearsalNotice));
  }
  for (const line of closingLines(view)) output.talk(oneLine(line));
  if (error !== null && view.attempt > 0 && isResumable(error)) {
    output.talk(`to go on: ${resumeCommand(call, home, runId)}`);
  }
}

function isResumable(error: SampanError): boolean {
  return !isSampanError(error, "RUN_LOCKED") && !isSampanError(error, "RUN_JOURNAL_CORRUPT");
}

/** The command that goes on with a run from the working folder. */
export function resumeCommand(call: CommandCall, home: string, runId: string): string {
  return `sampan resume ${runId}${homeOption(call, home)}`;
}
