import { type Plan, planFingerprint, stepOf } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import type { PastRun } from "./earlier.ts";
import type { Experience } from "./estimates.ts";
import { type Forecast, type ForecastStep, forecastVersion } from "./forecast.ts";
import { costsOf } from "./forecast-costs.ts";
import { problemsOf } from "./forecast-problems.ts";
import { stepForecast } from "./forecast-steps.ts";
import { actionsOfPlan, policyOf } from "./permissions.ts";
import { namedRegions, type PlanPlaces, placesOf, stagesOf } from "./plan-places.ts";
import type { World } from "./world.ts";

/** What a forecast is made from. */
export interface ForecastInput {
  readonly plan: Plan;
  readonly cloud: { readonly name: string; readonly rehearsal: boolean };
  /** `null` where nothing was looked at. */
  readonly world: World | null;
  readonly experience: Experience;
  /** The run of this plan that a run would go on with, and what became of it. */
  readonly run: (PastRun & { readonly state: string }) | null;
}

/** A plan with all that is known for telling what a stage of it will do. */
export interface Situation extends ForecastInput {
  readonly places: PlanPlaces;
  readonly hostName: string | null;
}

/** Says what a plan would do to the world as it was seen. Pure. */
export function forecastPlan(input: ForecastInput): Forecast {
  const { plan, world, run, cloud } = input;
  const hostName = world?.source.state === "seen" ? world.source.name : null;
  const bucketRegion = world?.bucket?.state === "there" ? world.bucket.region : null;
  const makesBucket =
    world?.bucket?.state === "missing" &&
    (world.builtIn || stepOf(plan, "upload")?.options.createBucket === true);
  const places = placesOf(plan, { bucketRegion, makesBucket, hostName });
  const situation: Situation = { ...input, places, hostName };
  const stages = stagesOf(plan);
  const steps = stages.map((stage) => stepForecast(stage, situation));
  const regions = [...(places.region === null ? [] : [places.region]), ...namedRegions(plan)];
  return {
    v: forecastVersion,
    title: sourceTitle(plan.source),
    plan: planFingerprint(plan),
    cloud,
    account: world?.account ?? null,
    lookedAt: world?.lookedAt ?? null,
    run: run === null ? null : { runId: run.runId, state: run.state },
    steps,
    totals: totalsOf(steps),
    costs: costsOf(situation, steps),
    permissions: actionsOfPlan(plan, stages),
    policy: policyOf(plan, stages, {
      bucket: stepOf(plan, "upload")?.options.bucket ?? null,
      regions: [...new Set(regions)],
    }),
    problems: problemsOf(situation, steps),
  };
}

function totalsOf(steps: readonly ForecastStep[]): Forecast["totals"] {
  const bytesOf = (stage: string): number | null => {
    const step = steps.find((one) => one.stage === stage);
    if (step === undefined || step.done) return null;
    const known = step.acts.flatMap(({ bytes, deed }) =>
      bytes === null || deed === "skip" ? [] : [bytes.value],
    );
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  };
  const copies = steps.filter(({ stage }) => stage.startsWith("copy:"));
  const others = steps.filter(({ stage }) => !stage.startsWith("copy:"));
  const times = others.flatMap(({ time }) => (time === null ? [] : [time.value]));
  const longestCopy = Math.max(0, ...copies.map(({ time }) => time?.value ?? 0));
  const timeMs = times.reduce((sum, one) => sum + one, longestCopy);
  return {
    readBytes: bytesOf("capture"),
    sendBytes: bytesOf("upload"),
    timeMs: times.length === 0 && longestCopy === 0 ? null : timeMs,
  };
}
