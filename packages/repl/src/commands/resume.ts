import { chooseCloud } from "@sampan/sdk";
import { assertNotHandedOver } from "@sampan/sdk/engine";
import { type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { confirmHosts, confirmRealClouds } from "../run/confirm.ts";
import { followRun } from "../run/follow-run.ts";
import { cloudFlag, findRun, lookingRunner } from "../run/homes.ts";
import { optionDeadline } from "../run/option-deadline.ts";
import { planLimits } from "../run/plan-limits.ts";
import { runnerOf } from "../run/runner-of.ts";
import { exitCodeOf } from "./run.ts";

/** `sampan resume [ID]`: goes on with a run in the cloud it began in. */
export const run: CommandFunction = async (call) => {
  const { options, env } = call;
  const { home, status } = await findRun(
    { flag: optionText(options, "home"), env, cwd: call.cwd },
    call.args[0],
  );
  assertNotHandedOver(home, status.runId, `taking run ${status.runId} up`);
  const plan = await lookingRunner(home).plan(status.runId);
  const flag = cloudFlag(status);
  const { configured } = call;
  const cloud = chooseCloud({ flag, profile: optionText(options, "profile"), plan, configured, env });
  await confirmRealClouds(call, [{ plan, cloud }]);
  const through = optionText(options, "through");
  const timeLeft = optionDeadline(options);
  // What was changed on the host already is not changed again.
  const isPrepared = status.stages.some(
    ({ stage, state }) => stage === "prepare:host" && state === "finished",
  );
  if (!isPrepared) await confirmHosts(call, [plan], through);
  if (optionSet(options, "detach")) {
    const { startDetached } = await import("../detached/start-detached.ts");
    return startDetached({ ...call, args: [status.runId] }, { command: "resume", home, plans: [plan] });
  }
  const runner = await runnerOf(call, { home, cloud, ...planLimits(options, 1).shared }, [plan]);
  return exitCodeOf([
    await followRun(call, home, () =>
      runner.resume(status.runId, { ...(through === undefined ? {} : { through }), ...timeLeft() }),
    ),
  ]);
};
