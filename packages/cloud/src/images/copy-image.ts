import { type Clock, isSampanError, type Random, retryDelayMs, SampanError, systemClock } from "@sampan/core";
import type { ImageRegistry } from "../image-registry.ts";
import type { CopyOptions, CopyRequest, StartedCopy } from "./image-options.ts";
import { hasFailed, imageNamed, isOwn, tokenAfter, withTokenTag } from "./own-image.ts";
import { retrying } from "./retrying.ts";

const patience = { attempts: Number.POSITIVE_INFINITY, baseMs: 5_000, capMs: 30_000 };
const defaultPatienceMs = 3_600_000;

/**
 * Starts a copy of an image to another region, or finds the one an earlier attempt started.
 *
 * A copy that is refused as too early (the source is not available yet) or in conflict (it is being copied elsewhere) is
 * asked for again, as long as the source can still become available. The copy is tagged with the request's client token.
 * Wait for the result with {@link waitForImage}; its id is one of the destination region.
 *
 * @throws `CLOUD_COPY_REFUSED`, also for a VHD-born image that the region does not take; `CLOUD_IMAGE_NOT_FOUND` and
 * `CLOUD_COPY_REFUSED` when the source is gone or has failed; `CLOUD_IMAGE_NAME_TAKEN`; `CLOUD_QUOTA`; `CLOUD_IMAGE_BUSY`
 * when patience ends.
 */
export async function copyImage(
  cloud: { readonly images: ImageRegistry },
  request: CopyRequest,
  options: CopyOptions = {},
): Promise<StartedCopy> {
  const { images } = cloud;
  const { region, ...fields } = request;
  const { destinationRegion } = fields;
  const { signal, patienceMs = defaultPatienceMs } = options;
  const clock: Clock = options.clock ?? systemClock;
  const random: Random = options.random ?? Math.random;
  let asked = { ...fields, tags: withTokenTag(fields.tags, fields.clientToken) };
  const giveUpAt = clock.monotonic() + patienceMs;

  for (let attempt = 1; ; attempt++) {
    const own = await findOwn(images, request, options);
    if (own !== undefined && "imageId" in own) return own;
    if (own !== undefined) asked = { ...asked, clientToken: tokenAfter(fields.clientToken, own.removed) };
    try {
      // Not cut off by a cancel: then nobody would know the copy that there is to be cancelled.
      const { imageId } = await retrying(options, () => images.copyImage(region, asked));
      return { region: destinationRegion, imageId, adopted: false };
    } catch (error) {
      if (isSampanError(error, "CLOUD_IMAGE_NAME_TAKEN")) {
        const begun = await findOwn(images, request, options);
        if (begun !== undefined && "imageId" in begun) return begun;
        throw error;
      }
      if (!isSampanError(error, "CLOUD_IMAGE_BUSY")) throw error;
      const waitMs = retryDelayMs(patience, attempt, random, patience.baseMs);
      if (clock.monotonic() + waitMs > giveUpAt) throw error;
      await assertSourceAlive(images, request, options);
      options.onNote?.(`waiting until ${request.imageId} can be copied to ${destinationRegion}`);
      await clock.sleep(waitMs, signal);
    }
  }
}

async function findOwn(
  images: ImageRegistry,
  request: CopyRequest,
  options: CopyOptions,
): Promise<StartedCopy | { readonly removed: string } | undefined> {
  const { destinationRegion: region, name } = request;
  const found = await retrying(options, () => imageNamed(images, region, name, options.signal));
  if (found === undefined) return undefined;
  if (!isOwn(found, request)) {
    throw new SampanError(
      "CLOUD_IMAGE_NAME_TAKEN",
      `copying to ${name} in ${region}: the image ${found.imageId} has that name and is not of this run`,
      { details: { imageId: found.imageId, region, status: found.status } },
    );
  }
  if (hasFailed(found)) {
    options.onNote?.(`deleting ${found.imageId}, an earlier copy that failed`);
    await retrying(options, () => images.deleteImage(region, found.imageId, options.signal));
    return { removed: found.imageId };
  }
  return { region, imageId: found.imageId, adopted: true };
}

/** Ends the waiting for a source that can no longer become available. */
async function assertSourceAlive(
  images: ImageRegistry,
  request: CopyRequest,
  options: CopyOptions,
): Promise<void> {
  const { region, imageId, destinationRegion } = request;
  const [source] = await retrying(options, () =>
    images.listImages(region, { imageIds: [imageId] }, options.signal),
  );
  const doing = `copying ${imageId} from ${region} to ${destinationRegion}`;
  if (source === undefined) {
    throw new SampanError("CLOUD_IMAGE_NOT_FOUND", `${doing}: there is no such image`, {
      details: { imageId, region },
    });
  }
  if (!hasFailed(source)) return;
  throw new SampanError(
    "CLOUD_COPY_REFUSED",
    `${doing}: the image is ${source.status} and will never be available`,
    {
      hint: "Import the image again.",
      details: { imageId, region, status: source.status },
    },
  );
}
