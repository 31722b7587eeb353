import { type Plan, stepOf } from "../plan/plan.ts";
import type { EcsSource } from "../plan/sources.ts";
import type { PipelineSteps } from "../run/stage-definition.ts";
import { createImageStage } from "../stages/create-image.ts";
import type { ImageOutput } from "../stages/import.ts";
import { assessInstanceStage, selectInstanceStage } from "../stages/instance.ts";
import { snapshotStage } from "../stages/snapshot.ts";

/**
 * The in-cloud path up to the image: an instance's disks become snapshots and these an image, without leaving the cloud.
 * `undefined` when the plan ends before it.
 */
export async function imageOfInstance(
  p: PipelineSteps,
  plan: Plan,
  source: EcsSource,
): Promise<ImageOutput["image"] | undefined> {
  const instance = await p.stage(selectInstanceStage, source);
  const assess = stepOf(plan, "assess");
  if (assess !== undefined) {
    const shares = plan.steps.flatMap((step) => (step.verb === "shareWith" ? step.options.accounts : []));
    await p.stage(assessInstanceStage, { source, options: assess.options, shareAccounts: shares });
  }
  const snapshot = stepOf(plan, "snapshot");
  const taken =
    snapshot === undefined
      ? undefined
      : await p.stage(snapshotStage, { instance, options: snapshot.options });
  const create = stepOf(plan, "createImage");
  if (create === undefined) return undefined;
  const input = { instance, snapshots: taken?.snapshots ?? null, options: create.options };
  return (await p.stage(createImageStage, input)).image;
}
