import { defaultRegion } from "@sampan/core";
import type { Verb } from "../catalogue.ts";
import type { ImageResult } from "../fluent/results.ts";
import { type Plan, type StepOf, stepOf } from "../plan/plan.ts";
import { exportTool } from "../plan/refuse-tool.ts";
import { type DiskSource, mayRun } from "../plan/sources.ts";
import type { Pipeline, PipelineSteps } from "../run/stage-definition.ts";
import { assessStage } from "../stages/assess.ts";
import { captureStage } from "../stages/capture.ts";
import { type CheckInput, checkStage } from "../stages/check.ts";
import { copyStage } from "../stages/copy.ts";
import { createImageStage } from "../stages/create-image.ts";
import { encodeStage } from "../stages/encode.ts";
import { exportStage } from "../stages/export.ts";
import { holdStage } from "../stages/hold.ts";
import { importStage } from "../stages/import.ts";
import { launchStage } from "../stages/launch.ts";
import { prepareStage } from "../stages/prepare.ts";
import { prepareHostStage, prepareHostSuffix } from "../stages/prepare-host.ts";
import { releaseStage } from "../stages/release.ts";
import { selectStage } from "../stages/select.ts";
import { shareStage } from "../stages/share.ts";
import { snapshotStage } from "../stages/snapshot.ts";
import { uploadStage } from "../stages/upload.ts";
import { verifyStage } from "../stages/verify.ts";
import { imageOfInstance } from "./instance-path.ts";
import { isHeld, letGo } from "./let-go.ts";
import { encodingTarget, isOnHost, prepareHost, readDisks } from "./read-disks.ts";

/** Stage that does the work of each verb. A row more for a verb more. */
const stageOfVerb: Readonly<Record<Verb, string>> = {
  assess: assessStage.name,
  snapshot: snapshotStage.name,
  createImage: createImageStage.name,
  prepare: prepareStage.name,
  capture: captureStage.name,
  toVhd: encodeStage.name,
  toRaw: encodeStage.name,
  toQcow2: encodeStage.name,
  upload: uploadStage.name,
  import: importStage.name,
  copyTo: copyStage.name,
  shareWith: shareStage.name,
  launch: launchStage.name,
  verify: verifyStage.name,
};

/** Verbs whose stages come after the image is there, in an order of their own. */
const afterImage: readonly Verb[] = ["copyTo", "shareWith", "launch", "verify"];

/** Verbs that read the disks, the last of which in a plan is followed by letting go of what is held. */
const readingVerbs: readonly Verb[] = ["prepare", "capture", "toVhd", "toRaw", "toQcow2", "upload"];

/**
 * The path of a disk: every plan is this function, stopped where the plan ends.
 *
 * What the cloud could refuse is checked as soon as the host is judged, before hours are spent on reading its disk, and before the
 * machine itself is prepared where a plan says so. Of a host that
 * runs, a moment of its disks is held from before anything of them is mended or read until the last of it was sent; plans of disks
 * that lie still have neither stage.
 */
export const migrationPipeline: Pipeline<Plan, void> = {
  name: "migration",
  version: 1,
  aliases: stageOfVerb,
  keys(plan) {
    const keys: string[] = [selectStage.name];
    const tool = exportTool(stepOf(plan, "capture")?.options ?? {});
    const reading =
      mayRun(plan.source) && tool === undefined
        ? plan.steps.filter((step) => readingVerbs.includes(step.verb) && !isOnHost(step))
        : [];
    const firstReading = plan.steps.find((step) => readingVerbs.includes(step.verb) && !isOnHost(step));
    for (const step of plan.steps) {
      if (afterImage.includes(step.verb)) continue;
      if (step === reading[0]) keys.push(holdStage.name);
      if (tool !== undefined && step === firstReading) keys.push(`${exportStage.name}:${tool}`);
      keys.push(isOnHost(step) ? `${prepareHostStage.name}:${prepareHostSuffix}` : stageOfVerb[step.verb]);
      if (step.verb === "assess" && stepOf(plan, "upload") !== undefined) keys.push(checkStage.name);
      if (step === reading.at(-1)) keys.push(releaseStage.name);
    }
    keys.push(...copyRegions(plan).map((region) => `${copyStage.name}:${region}`));
    for (const verb of ["shareWith", "launch", "verify"] as const) {
      if (stepOf(plan, verb) !== undefined) keys.push(stageOfVerb[verb]);
    }
    // Several calls of one verb are one stage, and a region is copied to once.
    return [...new Set(keys)];
  },
  async run(p, plan) {
    const { source } = plan;
    const image =
      source.kind === "ecs" ? await imageOfInstance(p, plan, source) : await imageOfDisks(p, plan, source);
    if (image !== undefined) await afterTheImage(p, plan, image);
  },
  mustLeave: isHeld,
  leave: letGo,
};

/** The path of disks that are read and sent, up to the image; `undefined` when the plan ends before it. */
async function imageOfDisks(
  p: PipelineSteps,
  plan: Plan,
  source: DiskSource,
): Promise<ImageResult | undefined> {
  const host = await p.stage(selectStage, source);

  const assess = stepOf(plan, "assess");
  if (assess === undefined) return undefined;
  const sends = {
    disks: stepOf(plan, "capture")?.options.disks ?? [],
    format: encodingTarget(plan)?.format ?? null,
  };
  const { inspection, findings } = await p.stage(assessStage, {
    source,
    disks: host.disks,
    options: assess.options,
    sends,
  });

  const upload = stepOf(plan, "upload");
  const bucket = upload === undefined ? undefined : await p.stage(checkStage, checkInput(plan, upload));

  const preparedHost = await prepareHost(p, plan, source);
  const read = await readDisks(p, plan, source, { host, inspection, bucket });
  const { objects, images } = read;
  const mended = [...preparedHost, ...read.mended];
  if (objects === undefined || images === undefined || bucket === undefined) return undefined;

  const imported = stepOf(plan, "import");
  if (imported === undefined) return undefined;
  const guest = inspection.guest;
  const judged = { guest, findings, mended };
  const input = {
    objects,
    images,
    region: bucket.region,
    host: host.name,
    ...judged,
    options: imported.options,
  };
  return (await p.stage(importStage, input)).image;
}

/** What becomes of the image: copies, shares, an instance. */
async function afterTheImage(p: PipelineSteps, plan: Plan, image: ImageResult): Promise<void> {
  const copies = await p.all(
    copyRegions(plan).map((to) =>
      p.stage(copyStage, { image, region: to, options: optionsOfCopy(plan, to) }, to),
    ),
  );

  if (stepOf(plan, "shareWith") !== undefined) {
    const shared = [
      { image, accounts: accountsAfter(plan, imageIndex(plan)) },
      ...copies.map(({ image: copy }) => ({
        image: copy,
        accounts: accountsAfter(plan, copyIndex(plan, copy.region)),
      })),
    ];
    await p.stage(shareStage, { images: shared.filter(({ accounts }) => accounts.length > 0) });
  }

  const launch = stepOf(plan, "launch");
  if (launch === undefined) return;
  const images = [image, ...copies.map((copy) => copy.image)];
  const { launched } = await p.stage(launchStage, { images, options: launch.options });
  const verify = stepOf(plan, "verify");
  if (verify !== undefined) await p.stage(verifyStage, { launched, options: verify.options });
}

/** The step that makes the image. */
function imageIndex(plan: Plan): number {
  return plan.steps.findIndex((step) => step.verb === "import" || step.verb === "createImage");
}

/** The step that first copies to a region. */
function copyIndex(plan: Plan, region: string): number {
  return plan.steps.findIndex((step) => step.verb === "copyTo" && step.options.regions.includes(region));
}

function optionsOfCopy(plan: Plan, region: string): Omit<StepOf<"copyTo">["options"], "regions"> {
  const step = plan.steps[copyIndex(plan, region)];
  if (step?.verb !== "copyTo") return {};
  const { regions: _, ...options } = step.options;
  return options;
}

/** Whom an image is shared with that a step makes: those that `shareWith` names after it, each once. */
function accountsAfter(plan: Plan, index: number): readonly string[] {
  const steps = plan.steps.slice(index + 1).filter((step) => step.verb === "shareWith");
  return [...new Set(steps.flatMap((step) => step.options.accounts))];
}

/** Whom a plan shares its images with, each once. */
export function accountsOf(plan: Plan): readonly string[] {
  return accountsAfter(plan, -1);
}

/** Regions the image of a plan is copied to, each once. */
export function copyRegions(plan: Plan): readonly string[] {
  const steps = plan.steps.filter((step): step is StepOf<"copyTo"> => step.verb === "copyTo");
  return [...new Set(steps.flatMap((step) => step.options.regions))];
}

/** What the stage `check` of a plan that uploads is asked. */
export function checkInput(plan: Plan, upload: StepOf<"upload">): CheckInput {
  const imported = stepOf(plan, "import");
  return {
    bucket: upload.options.bucket,
    bucketRegion: upload.options.region ?? null,
    createBucket: upload.options.createBucket === true,
    defaultRegion: plan.context.region ?? defaultRegion,
    import:
      imported === undefined
        ? null
        : { region: imported.options.region ?? null, createRole: imported.options.createRole === true },
    copyRegions: copyRegions(plan),
    shareAccounts: accountsOf(plan),
  };
}
