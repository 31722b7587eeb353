import { isSampanError, systemClock } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { ImagePipelineRequest } from "../image-builder.ts";
import { checkBuckets } from "./check-buckets.ts";
import { ensureImportRole } from "./ensure-role.ts";
import type { ImportOptions } from "./image-options.ts";
import { runTag, withTokenTag } from "./own-image.ts";
import { retrying } from "./retrying.ts";

/** What {@link startBuild} starts. */
export interface BuildRequest extends ImagePipelineRequest {
  readonly region: string;
}

/** A build that is going on. */
export interface StartedBuild {
  readonly region: string;
  readonly pipelineId: string;
  readonly executionId: string;
}

/**
 * Starts a build of an image by ECS's Image Builder, from uploaded disks: an alternative to `importImage`, and experimental,
 * since the vendor's pages on builds of objects disagree. Bucket and role are looked at first, as for an import. Wait for the
 * result with `waitForBuild`, then delete the pipeline.
 *
 * The same client token starts the same build. @throws as `importImage` does.
 */
export async function startBuild(
  cloud: Cloud,
  request: BuildRequest,
  options: ImportOptions = {},
): Promise<StartedBuild> {
  const { region, ...fields } = request;
  const { clock = systemClock, signal, rolePropagationMs = 180_000 } = options;
  await checkBuckets(cloud, request, options);
  await ensureImportRole(cloud, request, options);
  const { clientToken } = fields;
  const tags = fields.tags?.[runTag] === undefined ? fields.tags : withTokenTag(fields.tags, clientToken);
  const asked = { ...fields, ...(tags === undefined ? {} : { tags }) };
  const { pipelineId } = await retrying(options, () => cloud.builder.createPipeline(region, asked));
  const startToken = `${clientToken.slice(0, 60)}~run`;
  const giveUpAt = clock.monotonic() + rolePropagationMs;
  for (;;) {
    try {
      const { executionId } = await retrying(options, () =>
        cloud.builder.startExecution(region, pipelineId, startToken),
      );
      return { region, pipelineId, executionId };
    } catch (error) {
      if (!isSampanError(error, "CLOUD_ROLE_MISSING") || clock.monotonic() + 5_000 > giveUpAt) {
        await cloud.builder.deletePipeline(region, pipelineId).catch(() => undefined);
        throw error;
      }
      options.onNote?.("waiting until the import role has reached ECS");
      await clock.sleep(5_000, signal);
    }
  }
}
