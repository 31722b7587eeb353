import { cloudIdentity, cloudKey } from "../cloud/choose-cloud.ts";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { listedStatus } from "../run/run-status.ts";
import { runPointer } from "../run/run-store.ts";
import { sameCloud, samplesOfRun } from "../run/stage-history.ts";
import { pastRuns, recordOf } from "./earlier.ts";
import type { Forecast } from "./forecast.ts";
import { forecastPlan } from "./forecast-plan.ts";
import { type LookOptions, lookAtWorld } from "./look-at-world.ts";
import type { World } from "./world.ts";

/** Options of {@link forecastOf}. */
export interface ForecastOptions extends LookOptions {
  /** Looks at nothing but the plan and the journals here. */
  readonly offline?: boolean;
  /** Says what a new run would do, also where the plan has one already. */
  readonly again?: boolean;
}

/**
 * Looks at the world and says what a plan would do to it: what is read, created, overwritten or there already, how much, how long, what is
 * billed, what has to be allowed, what would stop it. Changes nothing. Numbers rest on what was measured, on earlier runs of the same
 * home, or on an assumption that is told.
 *
 * @throws as `lookAtWorld` does; nothing with `offline`.
 *
 * @example
 * ```ts
 * const plan = resolvePlan(stage.plan(), import.meta.dirname);
 * const cloud = chooseCloud({ plan, env: process.env });
 * const { forecast } = await forecastOf(plan, { home: ".sampan", cloud, env: process.env });
 * for (const { stage, message } of forecast.problems) console.log(`${stage}: ${message}`);
 * ```
 */
export async function forecastOf(
  plan: Plan,
  options: ForecastOptions,
): Promise<{ readonly forecast: Forecast; readonly world: World | null }> {
  const { home, cloud } = options;
  const world = options.offline === true ? null : await lookAtWorld(plan, options);
  const identity = cloudIdentity(cloud);
  const known = runPointer(home, planFingerprint(plan), cloudKey(cloud)).read();
  const runId = options.again === true ? undefined : known;
  const past = pastRuns(home);
  const record =
    runId === undefined
      ? undefined
      : (past.find((one) => one.runId === runId)?.record ?? recordOf(home, runId));
  const run =
    runId === undefined || record === undefined
      ? null
      : { runId, record, state: listedStatus(home, runId).state };
  const runs = past.filter(({ record: { started } }) => sameCloud(started?.cloud, identity));
  const samples = runs.flatMap((one) => samplesOfRun(one.record));
  const experience = { title: sourceTitle(plan.source), runs, samples };
  const { name, rehearsal } = identity;
  return { forecast: forecastPlan({ plan, cloud: { name, rehearsal }, world, experience, run }), world };
}
