import { entriesOf } from "./entry.ts";

const elsewhere = "Try another zone of the region, or another instance type.";
const billing = "Settle it in the vendor's console, then run again.";

/**
 * Error codes of starting instances and of looking at their console.
 *
 * Source: the vendor's tables of RunInstances, DescribeInstances, StopInstance, DeleteInstance, GetInstanceConsoleOutput and
 * GetInstanceScreenshot, 2021 and later: codes are stable, messages drift.
 */
export const ecsLaunchErrors = entriesOf("ecs", [
  [
    400,
    "InvalidInstanceType.ValueNotSupported",
    "CLOUD_NO_STOCK",
    "The instance type does not exist, is no longer sold, or does not go with the other choices.",
    elsewhere,
  ],
  [
    400,
    "InvalidInstanceType.ValueUnauthorized",
    "CLOUD_NO_STOCK",
    "The account may not use this instance type.",
    "Use another instance type, or ask the vendor to open it for the account.",
  ],
  [
    400,
    "InvalidParameter.Conflict",
    "refused",
    "Two of the choices do not go together, mostly the image and the instance type.",
    "Use an instance type of the image's architecture and boot mode.",
  ],
  [
    400,
    "InvalidSystemDiskCategory.ValueNotSupported",
    "CLOUD_NO_STOCK",
    "The category of the system disk is not offered here.",
    "Use another category, such as cloud_essd, or another zone.",
  ],
  [
    400,
    "InvalidParameter.Mismatch",
    "refused",
    "Two of the things named do not belong together: the security group and the vSwitch are of different VPCs, or the vSwitch is not in the zone.",
    "Name a security group of the vSwitch's VPC, and the vSwitch's own zone.",
  ],
  [
    400,
    "InvalidPassword.Malformed",
    "refused",
    "The password breaks the rules.",
    "Use 8 to 30 characters of three kinds out of capitals, small letters, digits and symbols.",
  ],
  [
    400,
    "ImageNotSupportCloudInit",
    "refused",
    "User data was given, and the image has no cloud-init to read it.",
    "Leave the user data out, or install cloud-init before the migration.",
  ],
  [
    400,
    "IncorrectVSwitchStatus",
    "refused",
    "The vSwitch is not in the state it needs to be in.",
    "Wait until the vSwitch is Available.",
    "again",
  ],
  [
    403,
    "OperationDenied.NoStock",
    "CLOUD_NO_STOCK",
    "The instance type is sold out in this zone.",
    elsewhere,
  ],
  [403, "Zone.NotOnSale", "CLOUD_NO_STOCK", "The zone sells nothing of this kind any more.", elsewhere],
  [
    403,
    "InvalidInstanceType.ZoneNotSupported",
    "CLOUD_NO_STOCK",
    "The zone does not offer this instance type.",
    elsewhere,
  ],
  [
    403,
    "QuotaExceed.ElasticQuota",
    "CLOUD_QUOTA",
    "The account has as many vCPUs of this kind as it may.",
    "Release instances that are no longer needed, or ask for a higher quota in the console.",
  ],
  [
    403,
    "ImageNotSupportInstanceType",
    "refused",
    "The image does not run on this instance type.",
    "Ask which do with DescribeImageSupportInstanceTypes; NVMe-only types need an image that says it has the driver.",
  ],
  [
    403,
    "InvalidDiskCategory.NotSupported",
    "CLOUD_NO_STOCK",
    "The disk category does not go with the instance type or zone.",
    elsewhere,
  ],
  [
    403,
    "OperationDenied.ImageNotValid",
    "refused",
    "The image is not in a state to start instances from.",
    "Wait until the image is Available.",
  ],
  [
    403,
    "InvalidAccountStatus.NotEnoughBalance",
    "CLOUD_ACCOUNT_BLOCKED",
    "The account's balance does not suffice for an instance.",
    billing,
  ],
  [
    403,
    "InsufficientBalance",
    "CLOUD_ACCOUNT_BLOCKED",
    "The account's balance does not suffice for an instance.",
    billing,
  ],
  [404, "PaymentMethodNotFound", "CLOUD_ACCOUNT_BLOCKED", "The account has no way of paying.", billing],
  [404, "InvalidSecurityGroupId.NotFound", "refused", "The security group does not exist in this region."],
  [404, "InvalidVSwitchId.NotFound", "refused", "The vSwitch does not exist in this region."],
  [404, "InvalidZoneId.NotFound", "refused", "The zone does not exist in this region."],
  [
    404,
    "InvalidSystemDiskSize.LessThanImageSize",
    "refused",
    "The system disk is smaller than the image.",
    "Give the system disk at least the size of the image.",
  ],
  [
    404,
    "InvalidInstanceId.NotFound",
    "CLOUD_INSTANCE_NOT_FOUND",
    "The instance does not exist in this region.",
  ],
  [
    400,
    "IncorrectInstanceStatus",
    "CLOUD_INSTANCE_STATE",
    "The instance is not in the state this call needs.",
    "A stopped instance can be deleted, a running one be stopped: wait for its state.",
  ],
  [405, "NotSupported", "refused", "The instance does not support this call: Windows has no console output."],
]);
