import { entriesOf } from "./entry.ts";

/**
 * Error codes of CreateSnapshot, DescribeSnapshots, CreateImage, DeleteImage, ExportImage and Image Builder.
 *
 * Source: the vendor's tables of these actions, 2021 to 2025.
 */
export const ecsCaptureErrors = entriesOf("ecs", [
  [
    404,
    "InvalidSnapshotId.NotFound",
    "CLOUD_SNAPSHOT_NOT_FOUND",
    "The snapshot does not exist in this region.",
  ],
  [
    403,
    "InvalidSnapshotId.NotReady",
    "CLOUD_IMAGE_BUSY",
    "The snapshot is not finished.",
    "Wait until the snapshot is accomplished.",
    "again",
  ],
  [
    403,
    "OperationDenied",
    "refused",
    "The operation is not allowed on this resource, such as an image of a disk that is no system disk.",
    "Name the snapshot of a system disk.",
  ],
  [
    403,
    "IncorrectDiskStatus.CreatingSnapshot",
    "CLOUD_IMAGE_BUSY",
    "Another snapshot of the disk is being taken.",
    "Wait until it has ended, then run again.",
    "again",
  ],
  [404, "InvalidDiskId.NotFound", "CLOUD_INSTANCE_NOT_FOUND", "The disk does not exist in this region."],
  [
    403,
    "ImageUsingByInstance",
    "CLOUD_IMAGE_BUSY",
    "Instances still use the image.",
    "Release them first, or delete the image with force.",
  ],
  [
    403,
    "ImageUseShared",
    "CLOUD_IMAGE_BUSY",
    "The image is shared with other accounts.",
    "Take it back from them first.",
  ],
  [
    403,
    "ImageIsExporting",
    "CLOUD_IMAGE_BUSY",
    "The image is being exported.",
    "Wait until the export has ended.",
  ],
  [403, "ImageNotSupported", "refused", "The image cannot be exported."],
  [
    403,
    "ConcurrentQuotaExceed.ExportImage",
    "CLOUD_QUOTA",
    "As many exports are running as may run at once.",
    "Wait until one has ended.",
    "again",
  ],
  [
    403,
    "WeeklyQuotaExceed.ExportImage",
    "CLOUD_QUOTA",
    "As many images were exported this week as may be.",
    "Wait for the next week, or ask for a higher quota.",
  ],
  [
    404,
    "InvalidImagePipelineId.NotFound",
    "refused",
    "The template of a build does not exist in this region.",
  ],
  [404, "InvalidExecutionId.NotFound", "refused", "The build does not exist in this region."],
  [403, "InvalidImageLicense.NotSupported", "refused", "The image's licence forbids an export."],
  [
    400,
    "InvalidImage.DiskAmountOrSize",
    "refused",
    "The image has more or larger disks than an export takes.",
    "An export takes up to 4 data disks of up to 500 GiB each.",
  ],
  [
    400,
    "InvalidOSSPrefix.Malformed",
    "refused",
    "The prefix of the exported object breaks the rules.",
    "Use 1 to 30 letters and digits.",
  ],
]);
