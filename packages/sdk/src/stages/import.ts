import { type CloudImage, importImage, waitForDetection, waitForImage } from "@sampan/cloud";
import { type Finding, isSampanError, type Json } from "@sampan/core";
import { type GuestFacts, rules } from "@sampan/guest";
import type { CloudCheck, ImageResult, UploadedObject } from "../fluent/results.ts";
import type { ImportOptions } from "../plan/options.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { buildImage } from "./build-image.ts";
import { cancelInCloud, wasCancelled } from "./cancel-in-cloud.ts";
import { compareCheck } from "./compare-check.ts";
import type { EncodingReference } from "./encode.ts";
import { followImage, imageResult, tellSnapshots } from "./follow-image.ts";
import { importRequest } from "./import-request.ts";

/** What `import` makes an image of. */
export interface ImportInput {
  readonly objects: readonly UploadedObject[];
  readonly images: readonly EncodingReference[];
  readonly region: string;
  /** Name of the host: the image's name unless the plan gives one. */
  readonly host: string;
  readonly guest: GuestFacts | null;
  /** What the assessment found, and the ids of the fix-ups that were applied. */
  readonly findings: readonly Finding[];
  readonly mended: readonly string[];
  readonly options: ImportOptions;
}

/** An image, available. */
export interface ImageOutput {
  readonly image: ImageResult;
}

/** The imported image, and what the cloud's own check said of it. */
export interface ImportOutput extends ImageOutput {
  readonly check: CloudCheck | null;
  /** Where that check and the assessment differ. */
  readonly findings: readonly Finding[];
}

/** What tells which image is ours, saved before it is waited for. */
interface Started {
  readonly imageId: string;
  readonly taskId: string | null;
  /** Imports of this run that came to nothing: each needs a client token of its own. */
  readonly lost: number;
}

/** What stands there once an import was cancelled or has failed. */
interface Lost {
  readonly imageId: null;
  readonly lost: number;
  /** What is left of its image, which the next attempt removes; `null` when nothing is. */
  readonly remains: string | null;
}

/**
 * Starts the import with a client token of its own, waits for the image by evidence of progress, and holds the cloud's own
 * check of it against the assessment. When the run is cancelled meanwhile, the import is cancelled in the cloud too, unless
 * the plan says `onCancel: "leave"`.
 */
export const importStage: StageDefinition<ImportInput, ImportOutput> = {
  name: "import",
  place: ({ region }) => ({ near: "anywhere", pool: { name: `import-${region}`, atOnce: 10 } }),
  summary: (input) => `importing image ${imageName(input)} in ${input.region}`,
  waitsFor: ({ region, images }) => ({ region, sizeBytes: images[0]?.virtualSizeBytes ?? null }),
  async run(input, context) {
    if (input.options.strategy === "image-builder") {
      const { objects, images, guest, options } = input;
      const about = { name: imageName(input), objects, images, guest, options };
      const image = await buildImage(about, input.region, context);
      await tellSnapshots(image, context);
      return { image: imageResult(image), check: null, findings: [] };
    }
    const cloud = await context.services.cloud();
    const sizeBytes = input.images[0]?.virtualSizeBytes ?? 0;
    const known = context.checkpoint.state as unknown as Started | Lost | null;
    const started =
      known !== null && known.imageId !== null ? known : await startImport(input, context, known);
    const { imageId, taskId } = started;
    try {
      const image = await followImage(context, sizeBytes, (options) =>
        waitForImage(
          cloud.images,
          { region: input.region, imageId, ...(taskId === null ? {} : { taskId }) },
          {
            ...options,
            ...(input.options.deadlineMs === undefined ? {} : { deadlineMs: input.options.deadlineMs }),
          },
        ),
      );
      await tellSnapshots(image, context);
      return { image: imageResult(image), ...(await checked(image, input, context)) };
    } catch (error) {
      if (wasCancelled(context)) {
        if (input.options.onCancel !== "leave") await cancel(started, input, context);
      } else if (isSampanError(error, "CLOUD_IMPORT_FAILED")) {
        await giveUp(started, imageId, context);
      } else if (isSampanError(error, "CLOUD_IMAGE_NOT_FOUND")) {
        await giveUp(started, null, context);
      }
      throw error;
    }
  },
};

async function cancel(started: Started, input: ImportInput, context: StageContext): Promise<void> {
  const { imageId, taskId } = started;
  if (taskId === null) return;
  const { images } = await context.services.cloud();
  const isCancelled = await cancelInCloud(context, `the import of ${imageId} (task ${taskId})`, (signal) =>
    images.cancelTask(input.region, taskId, signal),
  );
  if (!isCancelled) return;
  const seen = await images
    .listImages(input.region, { imageIds: [imageId] }, AbortSignal.timeout(10_000))
    .catch(() => undefined);
  // It may have become available in the last moment: then a resumed run goes on with it.
  if (seen?.[0]?.status === "Available") return;
  // What is left of the image is removed by the next attempt, and is billed until then.
  await giveUp(started, seen?.length === 0 ? null : imageId, context);
}

/** Lets the next attempt begin anew. */
async function giveUp(started: Started, remains: string | null, context: StageContext): Promise<void> {
  const lost: Lost = { imageId: null, lost: (started.lost ?? 0) + 1, remains };
  await context.save(lost as unknown as Json);
  if (started.taskId !== null) await context.resourceGone(started.taskId);
  if (remains === null) await context.resourceGone(started.imageId);
}

/** The cloud's own check, when the plan did not decline it: told item by item, and a finding where it differs from ours. */
async function checked(
  image: CloudImage,
  input: ImportInput,
  context: StageContext,
): Promise<{ readonly check: CloudCheck | null; readonly findings: readonly Finding[] }> {
  if (input.options.detect === false) return { check: null, findings: [] };
  const cloud = await context.services.cloud();
  const detection = await waitForDetection(cloud.images, image, {
    clock: context.services.clock,
    signal: context.signal,
    ...(cloud.identity.rehearsal ? { pollMs: 200 } : {}),
    onRetry: (notice) => context.retrying(notice),
  });
  if (detection === null) {
    context.log("info", "the cloud made no check of the image");
    return { check: null, findings: [] };
  }
  const { items, findings } = compareCheck(detection, {
    findings: input.findings,
    mended: input.mended,
    rules: rules.map((rule) => rule.id),
  });
  const risks = items.filter(({ risk }) => risk !== null).length;
  const judged = items.filter(({ agree }) => agree !== null);
  const differing = judged.filter(({ agree }) => agree === false).length;
  context.log(
    "info",
    `the cloud's own check sees a risk in ${risks} of ${items.length} items; the assessment judged ${judged.length} of them, ${differing} differently`,
  );
  for (const finding of findings) await context.finding(finding);
  return { check: { status: detection.status, items }, findings };
}

async function startImport(input: ImportInput, context: StageContext, before: Lost | null): Promise<Started> {
  const cloud = await context.services.cloud();
  const { region, options } = input;
  const name = imageName(input);
  const lost = before?.lost ?? 0;
  const clientToken = lost === 0 ? context.key : `${context.key.slice(0, 58)}~${lost}`;
  const { objects, images, guest } = input;
  const request = importRequest({ name, objects, images, guest, options, runId: context.runId, clientToken });
  const started = await importImage(
    cloud,
    { region, ...request },
    {
      clock: context.services.clock,
      random: context.services.random,
      signal: context.signal,
      createRole: options.createRole === true,
      onRetry: (notice) => context.retrying(notice),
      onNote: (note) => context.progress({ doneBytes: 0, totalBytes: null, note }),
      onRoleCreated: (name) => {
        context.log("info", `created RAM role ${name}`);
        void context
          .resource({ kind: "role", id: name, name, region: null, billed: false })
          .catch(() => undefined);
      },
    },
  );
  const saved: Started = { imageId: started.imageId, taskId: started.taskId, lost };
  await context.save(saved as unknown as Json);
  if (before?.remains && before.remains !== started.imageId) await context.resourceGone(before.remains);
  if (started.taskId !== null) {
    await context.resource({ kind: "task", id: started.taskId, name, region, billed: false });
  }
  await context.resource({ kind: "image", id: started.imageId, name, region, billed: true });
  return saved;
}

function imageName({ options, host }: ImportInput): string {
  return options.name ?? host;
}
