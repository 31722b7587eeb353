import { resolve } from "node:path";
import { type ExitCode, errorCodeEntry, SampanError, toErrorRecord } from "@sampan/core";
import { chooseCloud, type Plan, type StartOptions, sampanHome, sourceTitle } from "@sampan/sdk";
import { argument, type CommandFunction, type OptionValues, optionSet, optionText } from "../command-call.ts";
import { ensureDemoDisk } from "../demo/demo-disk.ts";
import { loadPlanFile } from "../plan/load-plan.ts";
import { printPlans } from "../plan/print-plan.ts";
import { errorLines } from "../render/messages.ts";
import { confirmHosts, confirmRealCloud } from "../run/confirm.ts";
import { type FollowedRun, followRun } from "../run/follow-run.ts";
import { optionDeadline } from "../run/option-deadline.ts";
import { runnerOf } from "../run/runner-of.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan run PLAN`: runs every plan of a file, one after the other. */
export const run: CommandFunction = async (call) => {
  const { options, env, output } = call;
  const file = call.detached?.file ?? (await loadPlanFile(argument(call, 0), call.cwd));
  const through = optionText(options, "through");
  if (optionSet(options, "dryRun")) {
    printPlans(
      output,
      file.plans.map((plan) => cutAfter(plan, through)),
    );
    output.talk("dry run: nothing was done");
    return 0;
  }
  const named = optionText(options, "home");
  const home = named === undefined ? sampanHome({ env, baseFolder: file.folder }) : resolve(call.cwd, named);
  const jobs = file.plans.map((plan, index) => ({
    plan,
    origin: `${file.path}#${index}`,
    cloud: chooseCloud({
      flag: optionText(options, "cloud"),
      profile: optionText(options, "profile"),
      plan,
      env,
    }),
  }));
  const real = jobs.filter((job) => job.cloud.kind === "alibaba");
  if (real[0]) {
    await confirmRealCloud(
      call,
      real[0].cloud,
      real.map((job) => job.plan),
    );
  }
  await confirmHosts(call, file.plans, through);
  if (optionSet(options, "detach")) {
    const { startDetached } = await import("../detached/start-detached.ts");
    return startDetached(call, { command: "run", home, plans: file.plans, file });
  }
  const timeLeft = optionDeadline(options);
  const runs: FollowedRun[] = [];
  for (const { plan, origin, cloud } of jobs) {
    if (plan.source.kind === "image-file") await ensureDemoDisk(plan.source.path);
    const runner = await runnerOf(call, { home, cloud }, [plan]);
    const followed = await followRun(call, home, () =>
      runner.start(plan, {
        ...(through === undefined ? {} : { through }),
        origin,
        ...timeLeft(),
        again: optionSet(options, "again"),
        ...refreshOptions(options, jobs.length),
      }),
    );
    runs.push(followed);
    if (followed.error === null) continue;
    // One host that cannot be migrated keeps no other from it; but who cancels, or waits no longer, means all.
    if (followed.error.code === "CORE_CANCELLED" || followed.error.code === "RUN_DEADLINE") break;
    if (runs.length < jobs.length) {
      for (const line of errorLines(toErrorRecord(followed.error), output.talkColours)) output.talk(line);
    }
  }
  if (jobs.length > 1) output.talk(summary(runs, jobs.length));
  return exitCodeOf(runs);
};

/** What says that a run refreshes an earlier one; one name cannot be that of several images. */
function refreshOptions(options: OptionValues, plans: number): Pick<StartOptions, "refresh" | "imageName"> {
  const imageName = optionText(options, "imageName");
  if (imageName !== undefined && plans > 1) {
    throw new SampanError("CORE_ARGUMENT", `naming the images of ${plans} plans ${imageName}`, {
      hint: "Leave out --image-name: each image is named after the plan's first, with a number behind.",
    });
  }
  return {
    refresh: optionSet(options, "refresh"),
    ...(imageName === undefined ? {} : { imageName }),
  };
}

/** Throws the first error, so that it is reported the same way everywhere; exit code 0 when there was none. */
export function exitCodeOf(runs: readonly FollowedRun[]): ExitCode {
  const failed = runs.find((one) => one.error !== null);
  if (failed?.error) throw failed.error;
  return 0;
}

/** The plan up to a step, for a dry run that says the same as the run would do. */
function cutAfter(plan: Plan, through: string | undefined): Plan {
  if (through === undefined) return plan;
  const index = plan.steps.findLastIndex((step) => step.verb === through);
  if (index >= 0) return { ...plan, steps: plan.steps.slice(0, index + 1) };
  throw new SampanError(
    "PLAN_INVALID",
    `the plan of ${sourceTitle(plan.source)} has no step ${JSON.stringify(through)}`,
    {
      hint: `Its steps are ${plan.steps.map((step) => step.verb).join(", ")}.`,
    },
  );
}

function summary(runs: readonly FollowedRun[], total: number): string {
  const rows = runs.map((one) => [
    one.view.title === "" ? one.runId : one.view.title,
    one.error === null ? "done" : `${one.error.code} (exit ${errorCodeEntry(one.error.code)?.exitCode ?? 1})`,
    one.runId,
  ]);
  const skipped = total - runs.length;
  if (skipped > 0) rows.push([`${skipped} more`, "not started", ""]);
  return formatTable(["host", "state", "run"], rows, { borders: false });
}
