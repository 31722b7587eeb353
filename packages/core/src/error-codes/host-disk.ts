import type { ErrorCodeEntry } from "./entry.ts";

export const hostDiskErrorCodes = {
  HOST_DISK_UNREADABLE: {
    meaning: "The host cannot read a part of its disk, or may not.",
    cure: "Look at the host's kernel log (`dmesg`): the disk may be failing. Rights on it are root's.",
  },
  HOST_DISK_SHORT: {
    meaning: "A disk of the host ends before the size it said it has.",
    cure: "Look at the host: the disk may have been made smaller, or its snapshot removed.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
