import { join, resolve } from "node:path";
import type { BandwidthBudget } from "@sampan/cloud";
import { chooseCloud } from "../cloud/choose-cloud.ts";
import { type Plan, resolvePlan } from "../plan/plan.ts";
import { createEmbeddedRunner } from "./embedded-runner.ts";
import type { RunHandle, RunOptions } from "./run-handle.ts";

/** Folder for journals and simulator state: `SAMPAN_HOME`, else `.sampan` in the base folder. */
export function sampanHome(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly baseFolder: string;
}): string {
  return resolve(options.env.SAMPAN_HOME || join(options.baseFolder, ".sampan"));
}

/** Starts a plan in this process: what `stage.run()` and subscribing to a stage do; `bandwidth` is shared with other runs. */
export function runPlan<Out>(
  plan: Plan,
  options: RunOptions = {},
  bandwidth?: BandwidthBudget,
): RunHandle<Out> {
  const baseFolder = options.baseFolder ?? process.cwd();
  const home = options.home ?? sampanHome({ env: process.env, baseFolder });
  const runner = createEmbeddedRunner({
    home,
    cloud: options.cloud ?? chooseCloud({ plan, env: process.env }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  });
  const handle = runner.start(resolvePlan(plan, baseFolder), {
    ...(options.again === undefined ? {} : { again: options.again }),
    ...(options.refresh === undefined ? {} : { refresh: options.refresh }),
    ...(options.imageName === undefined ? {} : { imageName: options.imageName }),
    ...(options.through === undefined ? {} : { through: options.through }),
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  // The pipeline's result is the stage's own kind of result, since it ran this stage's plan.
  return handle as unknown as RunHandle<Out>;
}
