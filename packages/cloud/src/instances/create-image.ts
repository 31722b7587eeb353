import { isSampanError, retryDelayMs, SampanError, systemClock } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { CreateImageRequest } from "../image-registry.ts";
import type { ImageCallOptions } from "../images/image-options.ts";
import { hasFailed, imageNamed, isOwn, tokenAfter, withTokenTag } from "../images/own-image.ts";
import { retrying } from "../images/retrying.ts";

const busyPatienceMs = 3_600_000;

/** An image that is being made. */
export interface StartedImage {
  readonly region: string;
  readonly imageId: string;
  /** Whether an earlier attempt had started it. */
  readonly adopted: boolean;
}

/**
 * Starts to make an image of an instance or of its snapshots, or finds the one an earlier attempt started.
 *
 * Tagged with the request's client token, so that a later attempt knows it as its own; one that had failed is deleted and
 * made anew. Wait for the result with {@link waitForImage}, `made: "create"`.
 *
 * @throws `CLOUD_IMAGE_NAME_TAKEN` when an image of that name is not of this run, `CLOUD_SNAPSHOT_NOT_FOUND`,
 * `CLOUD_INSTANCE_NOT_FOUND`, `CLOUD_CREATE_REFUSED`, `CLOUD_QUOTA`; `CLOUD_IMAGE_BUSY` when patience ends (1 hour).
 */
export async function createImage(
  cloud: Cloud,
  request: CreateImageRequest & { readonly region: string },
  options: ImageCallOptions = {},
): Promise<StartedImage> {
  const { clock = systemClock, random = Math.random, signal } = options;
  const { region, ...fields } = request;
  const asked = { ...fields, tags: withTokenTag(fields.tags, fields.clientToken) };
  const giveUpAt = clock.monotonic() + busyPatienceMs;
  const policy = { attempts: Number.POSITIVE_INFINITY, baseMs: 5_000, capMs: 30_000 };
  for (let attempt = 1; ; attempt++) {
    const own = await findOwn(cloud, request, options);
    if (own !== undefined && "imageId" in own) return own;
    const clientToken = own === undefined ? fields.clientToken : tokenAfter(fields.clientToken, own.removed);
    try {
      const { imageId } = await retrying(options, () =>
        cloud.images.createImage(region, { ...asked, clientToken }, signal),
      );
      return { region, imageId, adopted: false };
    } catch (error) {
      if (isSampanError(error, "CLOUD_IMAGE_NAME_TAKEN")) {
        const begun = await findOwn(cloud, request, options);
        if (begun !== undefined && "imageId" in begun) return begun;
        throw error;
      }
      const waitMs = retryDelayMs(policy, attempt, random, policy.baseMs);
      if (!isSampanError(error, "CLOUD_IMAGE_BUSY") || clock.monotonic() + waitMs > giveUpAt) throw error;
      options.onNote?.("waiting until the disks can be made an image of");
      await clock.sleep(waitMs, signal);
    }
  }
}

async function findOwn(
  cloud: Cloud,
  request: CreateImageRequest & { readonly region: string },
  options: ImageCallOptions,
): Promise<StartedImage | { readonly removed: string } | undefined> {
  const { region, name } = request;
  const found = await retrying(options, () => imageNamed(cloud.images, region, name, options.signal));
  if (found === undefined) return undefined;
  if (!isOwn(found, request)) {
    throw new SampanError(
      "CLOUD_IMAGE_NAME_TAKEN",
      `making ${name} in ${region}: the image ${found.imageId} has that name and is not of this run`,
      { details: { imageId: found.imageId, region, status: found.status } },
    );
  }
  if (!hasFailed(found)) return { region, imageId: found.imageId, adopted: true };
  options.onNote?.(`deleting ${found.imageId}, an earlier attempt that failed`);
  await retrying(options, () => cloud.images.deleteImage(region, found.imageId, options.signal));
  return { removed: found.imageId };
}
