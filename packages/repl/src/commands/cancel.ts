import type { Resource } from "@sampan/core";
import type { Runner, RunState } from "@sampan/sdk";
import { assertNotHandedOver } from "@sampan/sdk/engine";
import { argument, type CommandFunction, optionText } from "../command-call.ts";
import { say, translated } from "../language/speech.ts";
import { confirmCancel } from "../run/confirm.ts";
import { findRun, lookingRunner } from "../run/homes.ts";
import { oneLine } from "../terminal/plain-text.ts";

const askAgainMs = 1000;
const waitMs = 30_000;

/** `sampan cancel ID`: stops a run, waits until nobody works on it any more, and tells what is left of it. */
export const run: CommandFunction = async (call) => {
  const { output } = call;
  const { home, status } = await findRun(
    { flag: optionText(call.options, "home"), env: call.env, cwd: call.cwd },
    argument(call, 0),
  );
  const { runId } = status;
  assertNotHandedOver(home, runId, `stopping run ${runId}`);
  const runner = lookingRunner(home);
  const asked = status.state === "running";
  if (asked) {
    const going = status.stages
      .filter(({ state }) => state === "running")
      .map(({ stage }) => `stop ${stage}`);
    const { title, cloud } = status;
    await confirmCancel(call, { runId, title, rehearsal: cloud.rehearsal }, going);
  }
  if (asked && !output.asJson) output.talk(`asked run ${runId} to stop`);
  const state = asked ? await stop(runner, runId) : status.state;
  const left = state === "running" ? [] : await leftOf(runner, runId);
  if (output.asJson) output.json({ runId, state, asked, left });
  else if (!asked) output.talk(`nobody is working on run ${runId}: it is ${state}`);
  else if (state === "running") {
    output.talk(`it has not stopped within ${waitMs / 1000} s; \`sampan attach ${runId}\` follows it`);
  } else output.talk(`it is ${state}; \`sampan resume ${runId}\` goes on with it`);
  for (const { kind, id, region } of output.asJson || !asked ? [] : left) {
    const what = `${translated(kind)} ${id}`;
    output.talk(
      oneLine(say("cancel.left", { what: region === null ? what : say("left.in", { what, region }) })),
    );
  }
  if (asked && left.length > 0 && !output.asJson) output.talk(`to delete it: sampan gc ${runId}`);
  return state === "running" ? 124 : 0;
};

/** Asks until nobody works on the run, or for as long as is sensible; gives the run's last state. */
async function stop(runner: Runner, runId: string): Promise<RunState> {
  const sinceMs = Date.now();
  let askedMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const { state } = await runner.status(runId);
    if (state !== "running" || Date.now() - sinceMs > waitMs) return state;
    // A run that was only just being opened has not heard it.
    if (Date.now() - askedMs >= askAgainMs) {
      askedMs = Date.now();
      await runner.cancel(runId, "by `sampan cancel`");
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the run said it left when it ended. */
async function leftOf(runner: Runner, runId: string): Promise<readonly Resource[]> {
  const last = (await runner.recorded(runId)).at(-1);
  return last?.type === "run.failed" || last?.type === "run.cancelled" ? (last.left ?? []) : [];
}
