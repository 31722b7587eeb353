import { entriesOf } from "./entry.ts";

const notYet = "Sampan tries again by itself; if it gives up, resume the run later.";

/**
 * Error codes of CopyImage and CancelCopyImage.
 *
 * Source: the vendor's tables of these actions, 2025 and 2026; misspellings are the vendor's own.
 */
export const ecsCopyErrors = entriesOf("ecs", [
  [400, "SourceRegion.NotFound", "CLOUD_REGION_UNKNOWN", "The source region does not exist."],
  [400, "DestinationRegion.NotFound", "CLOUD_REGION_UNKNOWN", "The destination region does not exist."],
  [
    400,
    "IncorrectImageStatus",
    "CLOUD_IMAGE_BUSY",
    "The image is not in the state this call needs; to be copied it must be Available.",
    notYet,
  ],
  [
    400,
    "OperationDenied.ImageCopyConflict",
    "CLOUD_IMAGE_BUSY",
    "The same image is already being copied there.",
    notYet,
    "again",
  ],
  [403, "OperationDenied.ImageCopying", "CLOUD_IMAGE_BUSY", "The image is being copied.", notYet, "again"],
  [
    409,
    "InvalidOperation.Conflict",
    "CLOUD_IMAGE_BUSY",
    "Another operation on the image is going on.",
    notYet,
    "again",
  ],
  [400, "InvalidParameter.EncryptedIllegal", "CLOUD_COPY_REFUSED", "The encryption setting is not valid."],
  [400, "InvalidEncrypted.NotMatchKmsKeyId", "CLOUD_COPY_REFUSED", "A KMS key was given without encryption."],
  [
    400,
    "InvalidParameter.KmsNotEnabled",
    "CLOUD_COPY_REFUSED",
    "KMS is not enabled in the destination region.",
  ],
  [400, "OperationDenied.CommunityImage", "CLOUD_COPY_REFUSED", "Community images cannot be copied."],
  [
    403,
    "InvalidOperation.VhdImageUnsupported",
    "CLOUD_COPY_REFUSED",
    "This image was imported from a VHD, and the copy to this region does not take those.",
    "Make the image of a RAW disk: in the plan `.toRaw()` in place of `.toVhd()`, by hand `sampan convert DISK disk.raw` before the upload; or import in the destination region directly.",
  ],
  [
    403,
    "RegionNotSupportCopy",
    "CLOUD_COPY_REFUSED",
    "One of the two regions does not copy images.",
    "Import in the destination region directly.",
  ],
  [403, "IncorrectDestinationRegion", "CLOUD_COPY_REFUSED", "The image cannot be copied to this region."],
  [
    403,
    "OperationDenied.SameRegionOnly",
    "CLOUD_COPY_REFUSED",
    "The image may be copied within its region only; shared images are of this kind.",
    "Copy from the account that owns the image.",
  ],
  [
    403,
    "OperationDenied.NonCompliantDestinationRegion",
    "CLOUD_COPY_REFUSED",
    "Rules of compliance forbid a copy to this region.",
  ],
  [
    403,
    "SizeExceed.Image",
    "CLOUD_COPY_REFUSED",
    "The image is too large to be copied.",
    "Copy its snapshot and make an image there, or import in the destination region directly.",
  ],
  [403, "OperationDeined.EncryptedSnapshot", "CLOUD_COPY_REFUSED", "A snapshot of the image is encrypted."],
  [
    403,
    "OperationDenied.EncryptSnapshotAcrossRegion",
    "CLOUD_COPY_REFUSED",
    "Encrypted snapshots do not cross regions.",
  ],
  [
    403,
    "InvalidEncrypted.NotMatchDiskDefaultEncryption",
    "CLOUD_COPY_REFUSED",
    "The destination region encrypts disks by default and the copy was asked to be plain.",
  ],
  [
    403,
    "InvalidParameter.KMSKeyId.KMSUnauthorized",
    "CLOUD_COPY_REFUSED",
    "ECS may not use KMS in the destination region.",
  ],
  [403, "InvalidParameter.KMSKeyId.CMKNotEnabled", "CLOUD_COPY_REFUSED", "The KMS key is disabled."],
  [403, "InvalidParameter.KMSKeyId.CMKUnauthorized", "CLOUD_COPY_REFUSED", "ECS may not use the KMS key."],
  [
    404,
    "InvalidParameter.KMSKeyId.NotFound",
    "CLOUD_COPY_REFUSED",
    "The KMS key does not exist in the destination region.",
  ],
  [
    400,
    "ImageCreatedNotFromCopy",
    "CLOUD_FAILED",
    "The image was not made by a copy, so there is no copy to cancel.",
  ],
  [400, "CancelNotSupported", "CLOUD_FAILED", "This copy cannot be cancelled."],
]);
