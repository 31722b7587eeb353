import { asSampanError, type ErrorRecord, type ExitCode, inTurns, toErrorRecord } from "@sampan/core";
import type { FleetRunner } from "@sampan/fleet/engine";
import { type CommandFunction, optionSet } from "../command-call.ts";
import { askedAtOnce, chosenRuns, withStoreRunner } from "../fleet/open-runner.ts";
import { say } from "../language/speech.ts";
import { errorLines } from "../render/messages.ts";
import { ask } from "../run/ask.ts";
import { describeTouched } from "../run/confirm.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan fleet resume ID… | --all`: has workers go on with runs that failed or were cancelled. Does not wait for their end. */
export const run: CommandFunction = (call) =>
  withStoreRunner(call, async (runner): Promise<ExitCode> => {
    const { output, args, options } = call;
    const ids = args.filter((id) => id !== undefined);
    const chosen = await chosenRuns(
      runner,
      ids,
      optionSet(options, "all"),
      ({ state }) => state === "failed" || state === "cancelled",
    );
    const real = chosen.filter(({ cloud }) => !cloud.rehearsal);
    if (real.length > 0) {
      const changes = await Promise.all(
        real.map(async ({ runId }) => describeTouched(await runner.plan(runId))),
      );
      await ask(call, { what: "a real account", title: () => say("fleet-run.real"), changes });
    }
    const told: { runId: string; title: string; error: ErrorRecord | null }[] = [];
    await inTurns(chosen, askedAtOnce, async ({ runId, title }) => {
      told.push({ runId, title, error: await goOn(runner, runId) });
    });
    if (output.asJson) output.json({ runs: told });
    else {
      if (chosen.length === 0) output.talk(say("fleet-resume.none"));
      for (const { runId, title, error } of told) {
        if (error === null) output.data(oneLine(`${runId}  ${title}`));
        else for (const line of errorLines(error, output.talkColours)) output.alert(line);
      }
      if (told.some(({ error }) => error === null)) output.talk(say("fleet-resume.watch"));
    }
    return told.some(({ error }) => error !== null) ? 1 : 0;
  });

/** Goes on with a run; resolves when the store has it, with what it refused it by. */
async function goOn(runner: FleetRunner, runId: string): Promise<ErrorRecord | null> {
  const handle = runner.resume(runId);
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        // One that was refused has no events; its result tells why.
        handle.events.subscribe({ next: () => resolve(), error: () => undefined });
      }),
      handle.result,
    ]);
    return null;
  } catch (thrown) {
    return toErrorRecord(asSampanError(thrown));
  }
}
