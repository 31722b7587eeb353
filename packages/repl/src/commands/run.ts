import { type ExitCode, SampanError } from "@sampan/core";
import { type Plan, type StartOptions, sourceTitle } from "@sampan/sdk";
import {
  argument,
  type CommandCall,
  type CommandFunction,
  type OptionValues,
  optionSet,
  optionText,
} from "../command-call.ts";
import { ensureDemoDisk } from "../demo/demo-disk.ts";
import { loadPlanFile, type PlanFile } from "../plan/load-plan.ts";
import { printPlans } from "../plan/print-plan.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { refuseChangedWorld } from "../run/changed-world.ts";
import { confirmHosts, confirmRealClouds } from "../run/confirm.ts";
import { type FollowedRun, followRun } from "../run/follow-run.ts";
import { optionDeadline } from "../run/option-deadline.ts";
import { planLimits } from "../run/plan-limits.ts";
import { type HomedJob, runMany } from "../run/run-many.ts";
import { runnerOf } from "../run/runner-of.ts";

/** `sampan run PLAN...`: runs every plan of the files; several at once, each in the home beside its file. */
export const run: CommandFunction = async (call) => {
  const { options, output } = call;
  const files = call.detached?.files ?? (await loadFiles(call));
  const plans = files.flatMap((file) => file.plans);
  const through = optionText(options, "through");
  if (optionSet(options, "dryRun")) {
    printPlans(
      output,
      plans.map((plan) => cutAfter(plan, through)),
    );
    output.talk("dry run: nothing was done");
    return 0;
  }
  const jobs = files.flatMap((file) =>
    file.plans.map((plan, index) => ({
      plan,
      origin: `${file.path}#${file.marks?.[index] ?? index}`,
      ...surroundingsOf(call, { folder: file.folder, plan }),
    })),
  );
  if (call.detached === undefined) {
    const saved = files.flatMap((file) => file.saved ?? file.plans.map((plan) => ({ plan, world: null })));
    for (const [index, { home, cloud }] of jobs.entries()) {
      const one = saved[index];
      if (one !== undefined) await refuseChangedWorld(call, { saved: one, home, cloud });
    }
  }
  const limits = planLimits(options, jobs.length);
  const start = { again: optionSet(options, "again"), ...refreshOptions(options, jobs.length) };
  await confirmRealClouds(call, jobs);
  await confirmHosts(call, plans, through);
  if (optionSet(options, "detach") && jobs[0] !== undefined) {
    const { startDetached } = await import("../detached/start-detached.ts");
    return startDetached(call, { command: "run", home: jobs[0].home, plans, files });
  }
  const timeLeft = optionDeadline(options);
  const ready: HomedJob[] = [];
  for (const { plan, home, origin, cloud } of jobs) {
    if (plan.source.kind === "image-file") await ensureDemoDisk(plan.source.path);
    const runner = await runnerOf(call, { home, cloud, ...limits.shared }, [plan]);
    const given = { ...start, origin, ...(through === undefined ? {} : { through }) };
    ready.push({ plan, home, start: (signal) => runner.start(plan, { ...given, ...timeLeft(), signal }) });
  }
  const [only] = ready;
  if (ready.length > 1 || only === undefined) return runMany(call, ready, limits.parallel);
  const never = new AbortController().signal;
  return exitCodeOf([await followRun(call, only.home, () => only.start(never))]);
};

async function loadFiles(call: CommandCall): Promise<readonly PlanFile[]> {
  const paths = [argument(call, 0), ...call.args.slice(1).filter((path) => path !== undefined)];
  const which = optionText(call.options, "plan");
  if (which !== undefined && paths.length > 1) {
    throw new SampanError("COMMAND_USAGE", `--plan ${which} is given for ${paths.length} files`, {
      hint: "It chooses among the plans of one file.",
    });
  }
  const files: PlanFile[] = [];
  for (const path of paths) files.push(await loadPlanFile(path, call.cwd, which));
  return files;
}

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
