import { asSampanError, type ErrorRecord, type ExitCode, SampanError, toErrorRecord } from "@sampan/core";
import type { FleetRunner } from "@sampan/fleet/engine";
import { chooseCloud } from "@sampan/sdk";
import { type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { openCallStore } from "../fleet/open-runner.ts";
import { neededStore } from "../fleet/store-wishes.ts";
import { say } from "../language/speech.ts";
import { exitCodeFor } from "../render/many-summary.ts";
import { errorLines } from "../render/messages.ts";
import { confirmRealClouds } from "../run/confirm.ts";
import { cloudFlag, type FoundRun, findRun, lookingRunner } from "../run/homes.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** `sampan fleet adopt ID…`: hands runs that were begun on this machine over to a fleet's store, where its workers go on with them. */
export const run: CommandFunction = async (call): Promise<ExitCode> => {
  const { output, args, options, env, cwd } = call;
  const ids = args.filter((id) => id !== undefined);
  const site = optionText(options, "site");
  const lost = optionSet(options, "lost");
  const store = await openCallStore(call, neededStore(call));
  const told: { runId: string; title: string; error: ErrorRecord | null }[] = [];
  try {
    const question = { flag: optionText(options, "home"), env, cwd };
    // Every one is found before any is handed over.
    const found: FoundRun[] = [];
    for (const id of new Set(ids)) found.push(await findRun(question, id));
    const runs = await Promise.all(found.map((one) => withPlan(call, one)));
    await confirmRealClouds(call, runs);
    const { createFleetRunner } = await import("@sampan/fleet/engine");
    for (const { status, home, cloud } of runs) {
      const { runId, title } = status;
      let runner: FleetRunner | undefined;
      try {
        if (status.state === "running") {
          throw new SampanError(
            "RUN_LOCKED",
            `handing run ${runId} over: a process of this machine works on it`,
            {
              hint: `\`sampan cancel ${runId}\` stops it, and then it can be handed over.`,
            },
          );
        }
        runner = createFleetRunner({ store, cloud });
        await runner.adopt(runId, home, { ...(site === undefined ? {} : { site }), lost });
        told.push({ runId, title, error: null });
      } catch (thrown) {
        told.push({ runId, title, error: toErrorRecord(asSampanError(thrown)) });
      } finally {
        await runner?.close();
      }
    }
  } finally {
    await store.close();
  }
  if (output.asJson) output.json({ runs: told });
  else {
    for (const { runId, title, error } of told) {
      if (error === null) output.data(oneLine(`${runId}  ${title}`));
      else for (const line of errorLines(error, output.talkColours)) output.alert(line);
    }
    if (told.some(({ error }) => error === null)) output.talk(say("fleet-adopt.done"));
  }
  // Of one it is told why; several may have failed each for another reason.
  const [only] = told;
  if (told.length === 1 && only !== undefined) return exitCodeFor(only.error);
  return told.some(({ error }) => error !== null) ? 1 : 0;
};

/** A run with its plan and its cloud. */
async function withPlan({ options, configured, env }: CommandCall, found: FoundRun) {
  const plan = await lookingRunner(found.home).plan(found.status.runId);
  const flag = cloudFlag(found.status);
  const cloud = chooseCloud({ flag, profile: optionText(options, "profile"), plan, configured, env });
  return { ...found, plan, cloud };
}
