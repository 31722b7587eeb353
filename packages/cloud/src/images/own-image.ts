import { createHash } from "node:crypto";
import type { CloudImage, ImageRegistry } from "../image-registry.ts";

/** Tag that names the call an image was made by: its client token. */
export const tokenTag = "sampan:token";
/** Tag that names the run an image was made by; given by the caller. */
export const runTag = "sampan:run";

/** Tags of a request with the one by which its image is found again. */
export function withTokenTag(
  tags: Readonly<Record<string, string>> | undefined,
  clientToken: string,
): Record<string, string> {
  return { ...tags, [tokenTag]: clientToken };
}

/** Whether an image was made by this very call, or by another attempt of its run. */
export function isOwn(
  image: CloudImage,
  request: { readonly tags?: Readonly<Record<string, string>>; readonly clientToken: string },
): boolean {
  if (image.tags[tokenTag] === request.clientToken) return true;
  const run = request.tags?.[runTag];
  return run !== undefined && image.tags[runTag] === run;
}

/** The image of that name in a region, in whatever state; names are unique in a region. */
export async function imageNamed(
  images: ImageRegistry,
  region: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<CloudImage | undefined> {
  const found = await images.listImages(region, { name }, signal);
  return found[0];
}

/** Whether an image has come to nothing and never will. */
export function hasFailed(image: { readonly status: string }): boolean {
  return image.status === "CreateFailed" || image.status === "UnAvailable";
}

/**
 * A client token for another attempt after the image of the first had failed: the first token would only be answered with
 * that image's id again. The same for the same failed image, so that the attempt stays repeatable.
 */
export function tokenAfter(clientToken: string, failedImageId: string): string {
  const salt = createHash("sha256").update(failedImageId).digest("hex").slice(0, 12);
  return `${clientToken.slice(0, 51)}-${salt}`;
}
