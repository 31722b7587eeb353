import { fromErrorRecord, isFinalEvent, SampanError } from "@sampan/core";
import { type CommandFunction, optionText } from "../command-call.ts";
import { createRunScreen } from "../render/run-screen.ts";
import { resultTable } from "../render/run-summary.ts";
import { findRun, lookingRunner } from "../run/homes.ts";
import { catchInterrupts } from "../run/interrupts.ts";

/** `sampan attach [ID]`: follows a run by its journal until it ends; leaving does not stop it. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { home, status } = await findRun(
    { flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd },
    call.args[0],
  );
  const screen = createRunScreen(output, { sinceMs: Date.now() });
  const leaving = new AbortController();
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
  if (leaving.signal.aborted) {
    output.talk(`left; run ${status.runId} goes on`);
    return 130;
  }
  if (!ended || end === null) {
    throw new SampanError(
      "COMMAND_NOTHING_TO_FOLLOW",
      `following run ${status.runId}: nobody is working on it`,
      {
        hint: `\`sampan resume ${status.runId}\` goes on with it.`,
      },
    );
  }
  if (end.kind === "failed") throw fromErrorRecord(end.error);
  if (end.kind === "cancelled") {
    output.talk(`the run was cancelled: ${end.reason}`);
    return 130;
  }
  const table = resultTable(end.result, { borders: output.stdout.isTTY === true && output.unicode });
  if (table !== null) output.data(table);
  return 0;
};
