import type { ErrorCodeEntry } from "./entry.ts";

export const hostErrorCodes = {
  HOST_SOURCE_INVALID: {
    meaning: "The source given to `Migration.from` cannot be understood.",
    cure: 'Give the path of a disk image, for example `Migration.from("./web-01.vmdk")`.',
    exitCode: 2,
  },
  HOST_KIND_UNSUPPORTED: {
    meaning: "This kind of host cannot be read by this version of Sampan.",
    cure: "Export the host's disk to an image file and give its path.",
    exitCode: 2,
  },
  HOST_DISK_UNKNOWN: {
    meaning: "The host has no disk by that name.",
    cure: "`sampan inspect` lists the disks of a host.",
    exitCode: 2,
  },
  HOST_SOURCE_CHANGED: {
    meaning: "The source disk changed since the run began, so parts already sent no longer match it.",
    cure: "Start a new run; the old one cannot be resumed.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
