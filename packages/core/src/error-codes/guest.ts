import type { ErrorCodeEntry } from "./entry.ts";

export const guestErrorCodes = {
  GUEST_NONE: {
    meaning: "No operating system was found on the disk.",
    cure: 'Give the system disk; `sampan inspect FILE` lists the partitions and file systems found. Of a disk that nothing is to boot from, accept it: `--accept "GUESTOS.SystemImage=REASON"`, or `accept` in the plan.',
  },
  GUEST_FS_CORRUPT: {
    meaning: "A file system contradicts itself.",
    cure: "Run its own checker (for ext4: `e2fsck -f`) on the host, then capture the disk again.",
  },
  GUEST_FS_UNSUPPORTED: {
    meaning: "The file system, or a feature it uses, cannot be read.",
    cure: "Sampan looks into ext2, ext3, ext4, XFS, Btrfs, NTFS and FAT, on partitions and logical volumes, and tells their free space and that of exFAT; anything else is copied whole.",
  },
  GUEST_FS_DIRTY: {
    meaning:
      "The file system was not unmounted cleanly and its journal needs replay, so it cannot be changed safely.",
    cure: "Shut the host down cleanly and capture again, or leave `prepare()` out of the plan.",
  },
  GUEST_REGISTRY_CORRUPT: {
    meaning: "A hive of a Windows registry contradicts itself, or is of a version that is not known.",
    cure: "Start the host, let Windows repair its registry, shut it down cleanly and capture the disk again.",
  },
  GUEST_PATCH_FAILED: {
    meaning: "A fix-up could not be applied to the copy.",
    cure: 'Read the cause; `prepare({ skip: ["…"] })` leaves a fix-up out.',
  },
  GUEST_BLOCKED: {
    meaning: "The assessment found something that would stop the guest from booting or being imported.",
    cure: 'Mend the blockers listed, or accept one by id with a reason: `assess({ accept: { "ID": "reason" } })`.',
    exitCode: 5,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
