import type { ErrorCodeEntry } from "./entry.ts";

export const hostFactsErrorCodes = {
  GUEST_FILE_UNREADABLE: {
    meaning: "A file of a running guest cannot be read, even by root.",
    cure: "Read it on the host as root: a damaged disk, or a security module, says there why not.",
  },
  HOST_ROOT_DISK_UNKNOWN: {
    meaning: "No disk of the host could be told to hold its root file system.",
    cure: "The message says where `/` lies. Capture its disk where it is exported, or name a disk image.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
