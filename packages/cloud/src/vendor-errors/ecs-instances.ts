import { entriesOf } from "./entry.ts";

const notYet = "Sampan tries again by itself; if it gives up, resume the run later.";
const elsewhere = "Try another zone of the region, or another instance type.";

/**
 * Error codes of instances and their disks that the tables of single actions do not list.
 *
 * Source: the vendor's API error centre for ECS, 2021 to 2026.
 */
export const ecsInstanceErrors = entriesOf("ecs", [
  [400, "InvalidInstanceId.Malformed", "CLOUD_INSTANCE_NOT_FOUND", "This is no instance's id."],
  [
    403,
    "IncorrectInstanceStatus.Initializing",
    "CLOUD_INSTANCE_STATE",
    "The instance is still being made.",
    notYet,
    "again",
  ],
  [
    403,
    "InstanceLockedForSecurity",
    "CLOUD_ACCOUNT_BLOCKED",
    "The instance is locked by the vendor's security control.",
  ],
  [
    403,
    "InvalidOperation.DeletionProtection",
    "CLOUD_INSTANCE_STATE",
    "The instance is protected from being deleted.",
    "Switch the protection off in the console.",
  ],
  [
    403,
    "IncorrectDiskStatus",
    "CLOUD_INSTANCE_STATE",
    "The disk is not in the state this call needs.",
    "Wait until the disk is In_use or Available.",
  ],
  [
    403,
    "SnapshotCreatedImage",
    "CLOUD_IMAGE_BUSY",
    "An image is made of the snapshot, which therefore stays.",
    "Delete the image first.",
  ],
  [400, "InvalidSnapshotName.Malformed", "refused", "The snapshot's name breaks the rules."],
  [403, "Zone.NotOpen", "CLOUD_NO_STOCK", "The zone is not open.", elsewhere],
  [
    403,
    "InvalidPrivateIpAddress.NotEnough",
    "CLOUD_NO_STOCK",
    "The vSwitch has no address left.",
    "Name a vSwitch that has addresses left.",
  ],
  [404, "InvalidKeyPair.NotFound", "refused", "The key pair does not exist in this region."],
]);
