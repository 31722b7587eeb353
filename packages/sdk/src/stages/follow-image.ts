import type { CloudImage, WaitForImageOptions } from "@sampan/cloud";
import type { ImageResult } from "../fluent/results.ts";
import type { StageContext } from "../run/stage-definition.ts";

/**
 * Waits for an image and tells its progress as bytes of the disk.
 *
 * A rehearsal's clock runs fast, so it is asked often; the real cloud is asked at the pace its waiter was made for.
 */
export async function followImage(
  context: StageContext,
  sizeBytes: number,
  wait: (options: WaitForImageOptions) => Promise<CloudImage>,
): Promise<CloudImage> {
  const cloud = await context.services.cloud();
  return wait({
    clock: context.services.clock,
    random: context.services.random,
    signal: context.signal,
    ...(cloud.identity.rehearsal ? { pollMs: 200 } : {}),
    onRetry: (notice) => context.retrying(notice),
    onStall: ({ sinceMs, note }) => context.stalled(sinceMs, note),
    onProgress: ({ progressPercent, status, note }) =>
      context.progress({
        doneBytes: Math.round(((progressPercent ?? 0) / 100) * sizeBytes),
        totalBytes: sizeBytes,
        note: note ?? status ?? "waiting for the cloud",
      }),
  });
}

/** Tells the snapshots behind an image that is available: they are billed, and stay when the image is deleted. */
export async function tellSnapshots(image: CloudImage, context: StageContext): Promise<void> {
  for (const id of image.snapshotIds) {
    await context.resource({ kind: "snapshot", id, name: image.name, region: image.region, billed: true });
  }
}

/** What a result says of an image. */
export function imageResult(image: CloudImage): ImageResult {
  return {
    region: image.region,
    imageId: image.imageId,
    name: image.name,
    status: image.status,
    sizeBytes: image.sizeBytes,
  };
}
