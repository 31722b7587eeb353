import { type ExitCode, inTurns } from "@sampan/core";
import type { FleetRunner } from "@sampan/fleet/engine";
import type { RunState } from "@sampan/sdk";
import { type CommandFunction, optionSet } from "../command-call.ts";
import { askedAtOnce, chosenRuns, withStoreRunner } from "../fleet/open-runner.ts";
import { say, translated } from "../language/speech.ts";
import { ask } from "../run/ask.ts";
import { oneLine } from "../terminal/plain-text.ts";

const waitMs = 30_000;

/** `sampan fleet cancel ID… | --all`: stops runs wherever they are worked on, and waits until they have stopped. */
export const run: CommandFunction = (call) =>
  withStoreRunner(call, async (runner): Promise<ExitCode> => {
    const { output, args, options } = call;
    const ids = args.filter((id) => id !== undefined);
    const all = optionSet(options, "all");
    const chosen = await chosenRuns(runner, ids, all, isGoing);
    const going = chosen.filter(isGoing);
    const real = going.filter(({ cloud }) => !cloud.rehearsal);
    if (real.length > 0) {
      await ask(call, {
        what: "a real account",
        title: () => say("fleet-cancel.title", { runs: real.length }),
        changes: real.map(({ runId, title }) => `${runId} · ${title}`),
        name: all ? "all" : (real[0]?.title ?? ""),
      });
    }
    const ended: { runId: string; title: string; state: RunState }[] = [];
    // All are asked before any is waited for.
    await inTurns(going, askedAtOnce, ({ runId }) => runner.cancel(runId, "by `sampan fleet cancel`"));
    const untilMs = Date.now() + waitMs;
    await inTurns(going, askedAtOnce, async ({ runId, title }) => {
      ended.push({ runId, title, state: await stateWhenStopped(runner, runId, untilMs) });
    });
    if (output.asJson) output.json({ runs: ended });
    else {
      if (going.length === 0) output.talk(say("fleet-cancel.none"));
      for (const { runId, title, state } of ended)
        output.data(oneLine(`${runId}  ${title}  ${translated(state)}`));
    }
    return ended.some(isGoing) ? 124 : 0;
  });

function isGoing({ state }: { readonly state: RunState }): boolean {
  return state === "running" || state === "interrupted";
}

async function stateWhenStopped(runner: FleetRunner, runId: string, untilMs: number): Promise<RunState> {
  for (;;) {
    const { state } = await runner.status(runId);
    if (!isGoing({ state }) || Date.now() > untilMs) return state;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
