import type { JsonObject } from "@sampan/core";
import {
  type BandwidthBudget,
  type CloudChoice,
  createEmbeddedRunner,
  type Plan,
  type RunHandle,
  type Runner,
  sourceTitle,
} from "@sampan/sdk";
import type { CommandCall, DetachedCall } from "../command-call.ts";
import { secretAsker } from "../terminal/ask-secret.ts";

/**
 * The runner of a command. Passwords that its plans say to ask for are asked now, while no screen is drawn over the question, and
 * handed over when a run needs them.
 */
export async function runnerOf(
  call: CommandCall,
  where: { readonly home: string; readonly cloud: CloudChoice; readonly bandwidth?: BandwidthBudget },
  plans: readonly Plan[],
): Promise<Runner> {
  const ask = call.detached?.ask ?? secretAsker(call);
  for (const { source } of plans) {
    if (ask !== undefined && "passwordFrom" in source && source.passwordFrom === "ask") {
      await ask(sourceTitle(source));
    }
  }
  const runner = createEmbeddedRunner({
    ...where,
    ...(ask === undefined ? {} : { ask }),
    ...(call.openHost === undefined ? {} : { services: { openHost: call.openHost } }),
  });
  return call.detached === undefined ? runner : tellingRunner(runner, call.detached);
}

/** A runner that tells of each run it starts. */
function tellingRunner(runner: Runner, { started }: DetachedCall): Runner {
  const told = (handle: RunHandle<JsonObject>): RunHandle<JsonObject> => {
    started(runner, handle);
    return handle;
  };
  return {
    ...runner,
    start: (plan, options) => told(runner.start(plan, options)),
    resume: (runId, options) => told(runner.resume(runId, options)),
  };
}
