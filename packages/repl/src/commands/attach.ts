import { fromErrorRecord, isFinalEvent, SampanError } from "@sampan/core";
import { followingDeadlineError, leftError } from "@sampan/sdk";
import { type CommandFunction, optionText } from "../command-call.ts";
import { createRunScreen } from "../render/run-screen.ts";
import { resultTable } from "../render/run-summary.ts";
import { followingLine } from "../run/follow-run.ts";
import { findRun, lookingRunner } from "../run/homes.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { optionDeadline } from "../run/option-deadline.ts";
import { tableStyleOf } from "../terminal/table.ts";

/** `sampan attach [ID]`: follows a run until it ends, live while somebody works on it; leaving does not stop it. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { home, status } = await findRun(
    { flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd },
    call.args[0],
  );
  const isGoingOn = status.state === "running";
  if (isGoingOn) output.talk(followingLine(status.runId));
  const screen = createRunScreen(output, { sinceMs: Date.now() });
  const leaving = new AbortController();
  const { deadlineMs } = optionDeadline(call.options)();
  const late = deadlineMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(deadlineMs));
  late?.addEventListener("abort", () => leaving.abort(), { once: true });
  const release = catchInterrupts(() => leaving.abort());
  let ended = false;
  try {
    for await (const event of lookingRunner(home).events(status.runId, leaving.signal)) {
      screen.show(event);
      ended = isFinalEvent(event);
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  } finally {
    release();
  }
  const { end } = screen.end();
  if (deadlineMs !== undefined && late?.aborted && end === null)
    throw followingDeadlineError(status.runId, deadlineMs);
  if (leaving.signal.aborted) throw leftError(status.runId);
  if (!ended || end === null) {
    const hint = `\`sampan resume ${status.runId}\` goes on with it.`;
    const doing = `following run ${status.runId}`;
    throw isGoingOn
      ? new SampanError("RUN_INTERRUPTED", `${doing}: the process that worked on it is gone`, { hint })
      : new SampanError("COMMAND_NOTHING_TO_FOLLOW", `${doing}: it was interrupted, nobody works on it`, {
          hint,
        });
  }
  if (end.kind === "failed") throw fromErrorRecord(end.error);
  if (end.kind === "cancelled") {
    output.talk(`the run was cancelled: ${end.reason}`);
    return 130;
  }
  const table = resultTable(end.result, tableStyleOf(output));
  if (table !== null) output.data(table);
  return 0;
};
