import { entriesOf } from "./entry.ts";

/**
 * Error codes of ModifyImageSharePermission and DescribeImageSharePermission.
 *
 * Source: the vendor's tables of these actions, 2025; misspellings are the vendor's own.
 */
export const ecsShareErrors = entriesOf("ecs", [
  [
    404,
    "InvalidAccount.NotFound",
    "CLOUD_SHARE_REFUSED",
    "The account to share with does not exist.",
    "Give the 16-digit id of an Alibaba Cloud account, which its owner sees in the console's account settings; the id of a RAM user is none.",
  ],
  [
    404,
    "InvalidAccount.Forbbiden",
    "CLOUD_SHARE_REFUSED",
    "An image cannot be shared with the account that owns it.",
    "Leave your own account out: it has the image already.",
  ],
  [
    403,
    "QuotaExceed.ShareImage",
    "CLOUD_QUOTA",
    "The account shares as many images as it may.",
    "Take back images that are shared and no longer needed, or ask for a higher quota.",
  ],
  [
    403,
    "QuotaExceed.ShareImageUser",
    "CLOUD_QUOTA",
    "The image is shared with 50 accounts, the most there may be.",
    "Take the image back from accounts that have copied it.",
  ],
  [
    403,
    "InvalidImageId.BidMismatch",
    "CLOUD_SHARE_REFUSED",
    "The account belongs to the vendor's other site: China and international accounts share no images.",
    "Upload to a bucket of that account and import there, with its own key.",
  ],
  [
    403,
    "OperationDenied.InvalidImageStatus",
    "CLOUD_SHARE_REFUSED",
    "The image is deprecated or not finished.",
    "Share an image that is Available.",
  ],
  [
    403,
    "AssumeRoleError",
    "CLOUD_ROLE_MISSING",
    "The role for sharing encrypted images is missing.",
    "Create the role AliyunECSShareEncryptImageDefaultRole.",
  ],
  [
    403,
    "InvalidOperation.ServiceKeyEncryptedImageUnsupported",
    "CLOUD_SHARE_REFUSED",
    "Images encrypted with the service key cannot be shared.",
    "Copy the image encrypted with a key of your own, and share the copy.",
  ],
  [
    403,
    "OperationDeined.FullImage",
    "CLOUD_SHARE_REFUSED",
    "A full image, with its data disks, cannot be shared this way.",
    "Share an image of the system disk and the snapshots of the data disks.",
  ],
]);
