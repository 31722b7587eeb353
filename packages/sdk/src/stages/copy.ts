import { copyImage, waitForImage } from "@sampan/cloud";
import { isSampanError, type Json } from "@sampan/core";
import type { ImageResult } from "../fluent/results.ts";
import type { CopyOptions } from "../plan/options.ts";
import type { StageContext, StageDefinition } from "../run/stage-definition.ts";
import { cancelInCloud, wasCancelled } from "./cancel-in-cloud.ts";
import { followImage, imageResult, tellSnapshots } from "./follow-image.ts";
import type { ImageOutput } from "./import.ts";

/** What `copyTo` copies, and where to. */
export interface CopyInput {
  readonly image: ImageResult;
  readonly region: string;
  readonly options: Omit<CopyOptions, "regions">;
}

/** The copy that was started, saved before it is waited for; `imageId` is `null` once it was cancelled or has failed. */
interface Checkpoint {
  readonly imageId: string | null;
  /** Copies of this run to this region that came to nothing: each needs a client token of its own. */
  readonly lost: number;
  /** What is left of such a copy, which the next attempt removes; `null` when nothing is. */
  readonly remains: string | null;
}

/**
 * Copies the image to one region with a client token of its own, then waits until the copy is available. When the run is
 * cancelled meanwhile, the copy is cancelled in the cloud too, unless the plan says `onCancel: "leave"`.
 */
export const copyStage: StageDefinition<CopyInput, ImageOutput> = {
  name: "copy",
  // So many ECS works on in a region at once; more are queued there, where nobody can take them back.
  place: ({ region }) => ({ near: "anywhere", pool: { name: `copy-${region}`, atOnce: 5 } }),
  summary: ({ image, region }) => `copying ${image.name} to ${region}`,
  waitsFor: ({ image, region }) => ({ region, sizeBytes: image.sizeBytes }),
  async run(input, context) {
    const { image, region, options } = input;
    const cloud = await context.services.cloud();
    const known = context.checkpoint.state as Checkpoint | null;
    const imageId = known?.imageId ?? (await startCopy(input, context, known));
    const giveUp = async (remains: string | null) => {
      const state: Checkpoint = { imageId: null, lost: (known?.lost ?? 0) + 1, remains };
      await context.save(state as unknown as Json);
      if (remains === null) await context.resourceGone(imageId);
    };
    const copied = { region, imageId, made: "copy" as const };
    try {
      const copy = await followImage(context, image.sizeBytes, (following) =>
        waitForImage(cloud.images, copied, {
          ...following,
          ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
        }),
      );
      await tellSnapshots(copy, context);
      return { image: imageResult(copy) };
    } catch (error) {
      if (!wasCancelled(context)) {
        if (isSampanError(error, "CLOUD_COPY_FAILED")) await giveUp(imageId);
        else if (isSampanError(error, "CLOUD_IMAGE_NOT_FOUND")) await giveUp(null);
      } else if (options.onCancel !== "leave") {
        const isCancelled = await cancelInCloud(context, `the copy ${imageId} in ${region}`, (signal) =>
          cloud.images.cancelCopyImage(region, imageId, signal),
        );
        if (isCancelled) await giveUp(null);
      }
      throw error;
    }
  },
};

async function startCopy(
  input: CopyInput,
  context: StageContext,
  before: Checkpoint | null,
): Promise<string> {
  const lost = before?.lost ?? 0;
  const { image, region, options } = input;
  const { name = image.name, description, tags, encrypted, kmsKeyId } = options;
  const { imageId } = await copyImage(
    await context.services.cloud(),
    {
      region: image.region,
      imageId: image.imageId,
      destinationRegion: region,
      name,
      tags: { ...tags, "sampan:run": context.runId },
      clientToken: lost === 0 ? context.key : `${context.key.slice(0, 58)}~${lost}`,
      ...(description === undefined ? {} : { description }),
      ...(encrypted === undefined ? {} : { encrypted }),
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    },
    {
      clock: context.services.clock,
      random: context.services.random,
      signal: context.signal,
      onRetry: (notice) => context.retrying(notice),
      onNote: (note) => context.progress({ doneBytes: 0, totalBytes: null, note }),
    },
  );
  await context.save({ imageId, lost, remains: null } satisfies Checkpoint as Json);
  if (before?.remains && before.remains !== imageId) await context.resourceGone(before.remains);
  await context.resource({ kind: "image", id: imageId, name, region, billed: true });
  return imageId;
}
