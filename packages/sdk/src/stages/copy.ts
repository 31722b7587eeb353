import { copyImage, waitForImage } from "@sampan/cloud";
import type { Json } from "@sampan/core";
import type { ImageResult } from "../fluent/results.ts";
import type { StageDefinition } from "../run/stage-definition.ts";
import { followImage } from "./follow-image.ts";
import type { ImageOutput } from "./import.ts";

/** What `copyTo` copies, and where to. */
export interface CopyInput {
  readonly image: ImageResult;
  readonly region: string;
}

/** Copies the image to one region with a client token of its own, then waits until the copy is available. */
export const copyStage: StageDefinition<CopyInput, ImageOutput> = {
  name: "copy",
  summary: ({ image, region }) => `copying ${image.name} to ${region}`,
  async run({ image, region }, context) {
    const cloud = await context.services.cloud();
    let imageId = (context.checkpoint.state as { readonly imageId: string } | null)?.imageId;
    if (imageId === undefined) {
      const started = await copyImage(
        cloud,
        {
          region: image.region,
          imageId: image.imageId,
          destinationRegion: region,
          name: image.name,
          tags: { "sampan:run": context.runId },
          clientToken: context.key,
        },
        {
          clock: context.services.clock,
          random: context.services.random,
          signal: context.signal,
          onRetry: (notice) => context.retrying(notice),
          onNote: (note) => context.progress({ doneBytes: 0, totalBytes: null, note }),
        },
      );
      imageId = started.imageId;
      await context.save({ imageId } satisfies Json);
      await context.resource({ kind: "image", id: imageId, name: image.name, region, billed: true });
    }
    const copied = { region, imageId, made: "copy" as const };
    return {
      image: await followImage(context, image.sizeBytes, (options) =>
        waitForImage(cloud.images, copied, options),
      ),
    };
  },
};
