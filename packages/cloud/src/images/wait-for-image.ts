import { isSampanError, SampanError } from "@sampan/core";
import type { CloudImage, CloudTask, ImageRegistry } from "../image-registry.ts";
import { cleanText } from "../vendor-failure.ts";
import { watch } from "../watch.ts";
import type { ImageToWaitFor, WaitForImageOptions } from "./image-options.ts";
import { hasFailed } from "./own-image.ts";

const defaultPollMs = 5_000;
const slowestFactor = 6;
const defaultStallMs = 600_000;
/** A new image may take this long to show in lists. */
const appearanceMs = 120_000;

/**
 * Waits until an image is available, and tells what is seen meanwhile.
 *
 * Waits by evidence: status and progress are looked at again and again, more seldom while they do not change, and there is
 * no time after which a working cloud is given up. Silence is reported through `onStall`; failed looks (a broken line,
 * throttling) are reported through `onRetry` and do not end the waiting. Cancelling and the deadline end the waiting only,
 * never the cloud's task.
 *
 * @throws `CLOUD_IMPORT_FAILED`, `CLOUD_COPY_FAILED` or `CLOUD_CREATE_FAILED` with the vendor's explanation, `CLOUD_IMAGE_NOT_FOUND` when the image
 * has gone or never appears, `CLOUD_DEADLINE`, `CORE_CANCELLED`, and errors of looking that no retry can mend.
 */
export async function waitForImage(
  images: ImageRegistry,
  image: ImageToWaitFor,
  options: WaitForImageOptions = {},
): Promise<CloudImage> {
  const { signal, pollMs = defaultPollMs, stallMs = defaultStallMs } = options;
  let appeared = false;
  return watch(
    async ({ waitedMs }) => {
      const [found] = await images.listImages(image.region, { imageIds: [image.imageId] }, signal);
      if (found?.status === "Available" || found?.status === "Deprecated") {
        options.onProgress?.({ status: found.status, progressPercent: 100, note: null });
        return { done: found };
      }
      if (found === undefined) await assertStillComing(appeared, waitedMs);
      else if (hasFailed(found)) throw await failure(images, image, found.status, signal);
      appeared ||= found !== undefined;
      const ahead = await copiesAhead(images, image, found, signal);
      return {
        seen: `${found?.status} ${found?.progressPercent}${ahead === null ? "" : ` with ${ahead} before it`}`,
        tell: () => options.onProgress?.(progressOf(image, found, ahead)),
      };
    },
    {
      ...options,
      pollMs,
      slowestFactor,
      stallMs,
      late: (lastSeen, deadlineMs) => deadline(image, deadlineMs, lastSeen),
    },
  );

  /** An image that was seen has been deleted; one that was not may still appear, unless its task has failed. */
  async function assertStillComing(wasThere: boolean, waitedMs: number): Promise<void> {
    const task = await taskOf(images, image, signal);
    if (task?.status === "Failed") throw failed(image, "gone", task);
    if (!wasThere && waitedMs < appearanceMs) return;
    throw new SampanError(
      "CLOUD_IMAGE_NOT_FOUND",
      `waiting for ${image.imageId} in ${image.region}: ${wasThere ? "it has been deleted" : "it never appeared"}`,
      { details: { imageId: image.imageId, region: image.region } },
    );
  }
}

const failures = {
  import: ["CLOUD_IMPORT_FAILED", "importing"],
  copy: ["CLOUD_COPY_FAILED", "copying to"],
  create: ["CLOUD_CREATE_FAILED", "making"],
} as const;

/** How many copies to the region wait that were asked for before this one; `null` when it does not wait. */
async function copiesAhead(
  images: ImageRegistry,
  image: ImageToWaitFor,
  found: CloudImage | undefined,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  if (image.made !== "copy" || found?.status !== "Waiting") return null;
  const all = await images.listImages(image.region, {}, signal);
  return all.filter(
    ({ imageId, isCopied, status, createdAt }) =>
      imageId !== image.imageId && isCopied && status === "Waiting" && createdAt < found.createdAt,
  ).length;
}

function progressOf(image: ImageToWaitFor, found: CloudImage | undefined, ahead: number | null) {
  const place = ahead
    ? `${ahead} ${ahead === 1 ? "copy waits" : "copies wait"} before it`
    : "next in the queue";
  const queued =
    image.made === "copy"
      ? `queued, ${place}: five copies run at once in a region`
      : `queued: the cloud has not begun to ${image.made === "create" ? "make the image" : "import"} yet`;
  const note =
    found === undefined ? "the image does not show yet" : found.status === "Waiting" ? queued : null;
  return { status: found?.status ?? null, progressPercent: found?.progressPercent ?? null, note };
}

function deadline(image: ImageToWaitFor, deadlineMs: number, lastSeen: string): SampanError {
  const minutes = Math.round(deadlineMs / 60_000);
  return new SampanError(
    "CLOUD_DEADLINE",
    `waiting for ${image.imageId} in ${image.region}: not available after ${minutes} min, last seen ${lastSeen || "never"}`,
    { details: { imageId: image.imageId, region: image.region, taskId: image.taskId ?? null, deadlineMs } },
  );
}

async function taskOf(images: ImageRegistry, image: ImageToWaitFor, signal: AbortSignal | undefined) {
  if (!image.taskId) return undefined;
  try {
    return await images.describeTask(image.region, image.taskId, signal);
  } catch (error) {
    // A retryable error makes the whole look be repeated; a task that is no longer known explains nothing.
    if (isSampanError(error) && (error.retryable || error.code === "CORE_CANCELLED")) throw error;
    return undefined;
  }
}

async function failure(
  images: ImageRegistry,
  image: ImageToWaitFor,
  status: string,
  signal: AbortSignal | undefined,
): Promise<SampanError> {
  return failed(image, status, await taskOf(images, image, signal));
}

function failed(image: ImageToWaitFor, status: string, task: CloudTask | undefined): SampanError {
  const [code, doing] = failures[image.made ?? "import"];
  const reason = task?.failure;
  const said = reason
    ? `${reason.code}${reason.message ? `: ${reason.message}` : ""}`
    : `the image is ${status}`;
  return new SampanError(code, `${doing} ${image.imageId} in ${image.region}: ${cleanText(said, [])}`, {
    details: {
      imageId: image.imageId,
      region: image.region,
      status,
      taskId: image.taskId ?? null,
      vendorCode: reason?.code ?? null,
      vendorMessage: reason === undefined || reason === null ? null : cleanText(reason.message, []),
    },
  });
}
