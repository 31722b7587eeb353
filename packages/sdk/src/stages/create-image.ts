import { createImage, waitForImage } from "@sampan/cloud";
import { GiB, type Json } from "@sampan/core";
import type { CreateImageOptions } from "../plan/instance-options.ts";
import type { StageDefinition } from "../run/stage-definition.ts";
import { cloudHooks } from "./cloud-hooks.ts";
import { followImage, imageResult } from "./follow-image.ts";
import type { ImageOutput } from "./import.ts";
import type { InstanceReference } from "./instance.ts";
import type { SnapshotOutput } from "./snapshot.ts";

/** What `createImage` makes an image of: the snapshots, or the instance itself where there are none. */
export interface CreateImageInput {
  readonly instance: InstanceReference;
  readonly snapshots: SnapshotOutput["snapshots"] | null;
  readonly options: CreateImageOptions;
}

/** Makes the image with a client token of its own, then waits until it is available. */
export const createImageStage: StageDefinition<CreateImageInput, ImageOutput> = {
  name: "create-image",
  summary: (input) => `making image ${input.options.name ?? input.instance.name} in ${input.instance.region}`,
  waitsFor: ({ instance }) => ({ region: instance.region, sizeBytes: null }),
  async run({ instance, snapshots, options }, context) {
    const { region, instanceId } = instance;
    const cloud = await context.services.cloud();
    const name = options.name ?? instance.name;
    let imageId = (context.checkpoint.state as { readonly imageId: string } | null)?.imageId;
    if (imageId === undefined) {
      if (snapshots === null) {
        context.log(
          "warning",
          "the image is made of the instance as it is: a running guest's file systems are as after a power cut",
        );
      }
      const started = await createImage(
        cloud,
        {
          region,
          name,
          source:
            snapshots === null
              ? { kind: "instance", instanceId }
              : { kind: "snapshots", disks: snapshots.map(({ snapshotId, kind }) => ({ snapshotId, kind })) },
          detect: options.detect ?? false,
          tags: { ...options.tags, "sampan:run": context.runId },
          clientToken: context.key,
          ...(options.description === undefined ? {} : { description: options.description }),
        },
        cloudHooks(context, cloud),
      );
      imageId = started.imageId;
      await context.save({ imageId } satisfies Json);
      await context.resource({ kind: "image", id: imageId, name, region, billed: true });
    }
    const made = { region, imageId, made: "create" as const };
    const sizeBytes = (snapshots ?? []).reduce((sum, one) => sum + one.sizeBytes, 0) || 40 * GiB;
    const image = await followImage(context, sizeBytes, (wait) =>
      waitForImage(cloud.images, made, {
        ...wait,
        ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      }),
    );
    return { image: imageResult(image) };
  },
};
