import { isSampanError, systemClock, throwIfCancelled } from "@sampan/core";
import type { CloudImage, ImageDetection, ImageRegistry } from "../image-registry.ts";
import type { ImageCallOptions } from "./image-options.ts";

/** Options of {@link waitForDetection}. */
export interface WaitForDetectionOptions extends ImageCallOptions {
  /** How long the check of an image that is available may take; 10 minutes by default. */
  readonly patienceMs?: number;
  /** Wait between two looks; 5 s by default. */
  readonly pollMs?: number;
}

/** How long after an image has become available its check may take to begin. */
const beginsWithinMs = 60_000;

/**
 * Waits for the cloud's own check of an image that is available, and gives what it found; `null` when there was none, or when
 * it cannot be had. The check decides nothing: only a cancel is thrown.
 */
export async function waitForDetection(
  images: ImageRegistry,
  image: CloudImage,
  options: WaitForDetectionOptions = {},
): Promise<ImageDetection | null> {
  const { clock = systemClock, signal, patienceMs = 600_000, pollMs = 5_000 } = options;
  const startedAt = clock.monotonic();
  let found: ImageDetection | null = image.detection;
  for (;;) {
    const waitedMs = clock.monotonic() - startedAt;
    const limitMs = found === null ? Math.min(beginsWithinMs, patienceMs) : patienceMs;
    if ((found !== null && !isGoingOn(found)) || waitedMs >= limitMs) return found;
    options.onNote?.("waiting for the cloud's own check of the image");
    await clock.sleep(pollMs, signal);
    try {
      const [seen] = await images.listImages(image.region, { imageIds: [image.imageId] }, signal);
      found = seen?.detection ?? found;
    } catch (error) {
      throwIfCancelled(signal);
      if (!isSampanError(error) || !error.retryable) return found;
      options.onRetry?.({ attempt: 1, error, waitMs: pollMs });
    }
  }
}

/** Statuses are not documented: those that sound as if something were still to come count so. */
function isGoingOn({ status }: ImageDetection): boolean {
  return /process|pending|wait|running|creating|init/i.test(status);
}
