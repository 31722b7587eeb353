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
    cure: "Take one of the disks that the message names, or name none for the system disk.",
    exitCode: 2,
  },
  HOST_SOURCE_CHANGED: {
    meaning:
      "The source disk changed since the run read it, so parts already sent no longer match it; the error says what changed.",
    cure: "`sampan run PLAN --refresh` starts a run that keeps what did not change; `--again` does all anew. The old run cannot go on.",
  },
  HOST_ROOT_REFUSED: {
    meaning: "The command needs the rights of root, and this user does not get them.",
    cure: "Log in as root, or allow the user `sudo`; where that asks for a password, say where to find it.",
    exitCode: 4,
  },
  HOST_TIMEOUT: {
    meaning: "A command on the host did not end in time.",
    cure: "Look at the host: a disk that hangs, or a load that is too high.",
  },
  HOST_ANSWER_TOO_LONG: {
    meaning: "A command on the host said far more than it should.",
    cure: "Check that the host is what you take it for.",
  },
  HOST_TOOL_MISSING: {
    meaning: "A program that is needed is not installed.",
    cure: "Install it; `sampan doctor` and `sampan tools` say what is there.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
