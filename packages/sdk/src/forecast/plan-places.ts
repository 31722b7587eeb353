import { defaultRegion } from "@sampan/core";
import { copyRegions, migrationPipeline } from "../pipeline/migration-pipeline.ts";
import { type Plan, stepOf } from "../plan/plan.ts";

/** Where a plan's things will be, as far as the plan and what was seen say. */
export interface PlanPlaces {
  /** Region of the bucket, and of what is imported from it, or of the instance; `null` while nobody knows. */
  readonly region: string | null;
  /** Regions the image is copied to. */
  readonly copies: readonly string[];
  /** Name of the image; `null` where the plan makes none, or takes the host's, which is not known. */
  readonly imageName: string | null;
}

/** Regions a plan names, besides those that are looked up. */
export function namedRegions(plan: Plan): readonly string[] {
  const regions = [
    plan.source.kind === "ecs" ? plan.source.region : undefined,
    stepOf(plan, "upload")?.options.region,
    stepOf(plan, "import")?.options.region,
    stepOf(plan, "launch")?.options.region,
    ...copyRegions(plan),
  ];
  return [...new Set(regions.filter((region) => region !== undefined))];
}

/** What was seen of what decides where a plan's things will be. */
export interface SeenPlaces {
  /** `null` for a bucket that is not there, or was not looked at. */
  readonly bucketRegion: string | null;
  /** True where a missing bucket is made for the plan. */
  readonly makesBucket: boolean;
  readonly hostName: string | null;
}

/** Where a plan's things will be. */
export function placesOf(plan: Plan, seen: SeenPlaces): PlanPlaces {
  const imported = stepOf(plan, "import");
  const created = stepOf(plan, "createImage");
  const upload = stepOf(plan, "upload");
  const makes = imported ?? created;
  return {
    region:
      plan.source.kind === "ecs"
        ? plan.source.region
        : (imported?.options.region ??
          seen.bucketRegion ??
          upload?.options.region ??
          (seen.makesBucket ? (plan.context.region ?? defaultRegion) : null)),
    copies: copyRegions(plan),
    imageName: makes === undefined ? null : (makes.options.name ?? seen.hostName),
  };
}

/** Name of the copy a plan makes in a region. */
export function copyNameOf(plan: Plan, region: string, imageName: string): string {
  for (const step of plan.steps)
    if (step.verb === "copyTo" && step.options.regions.includes(region))
      return step.options.name ?? imageName;
  return imageName;
}

/** What becomes of the instance that a plan verifies. */
export function afterwardsOf(plan: Plan): "keep" | "stop" | "delete" {
  const isTest = stepOf(plan, "launch")?.options.test === true;
  return stepOf(plan, "verify")?.options.afterwards ?? (isTest ? "delete" : "keep");
}

/** Keys of a plan's stages, in order. */
export function stagesOf(plan: Plan): readonly string[] {
  return migrationPipeline.keys(plan);
}
