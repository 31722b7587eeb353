import type { RpcCall } from "../call.ts";
import { serviceOwnerId, systemImages } from "./catalogue/system-images.ts";
import type { ImageRecord } from "./records.ts";
import { imageNotFound } from "./rules.ts";

/** Whether an account sees an image: its own, one shared with it, a public one. */
export function isSeenBy(image: ImageRecord, accountId: string): boolean {
  if (image.ownerId === accountId || image.isPublic) return true;
  return image.shares.some((share) => share.accountId === accountId);
}

/** An image the caller may launch: `InvalidImageId.NotFound` when it sees none of that id in the region. */
export function requireVisibleImage(call: RpcCall, region: string): ImageRecord {
  const imageId = call.parameters.required("ImageId");
  const image =
    call.world.ecs.image(region, imageId) ??
    systemImages(region).find((candidate) => candidate.imageId === imageId);
  if (!image || !isSeenBy(image, call.caller.accountId)) throw imageNotFound(imageId);
  return image;
}

/** `ImageOwnerAlias` of an image as the caller sees it. */
export function ownerAliasOf(image: ImageRecord, accountId: string): "system" | "self" | "others" {
  if (image.ownerId === serviceOwnerId) return "system";
  return image.ownerId === accountId ? "self" : "others";
}
