import type { ErrorCodeEntry } from "./entry.ts";

export const hostShareErrorCodes = {
  HOST_SHARE_INVALID: {
    meaning: "A folder, name, client or mount point cannot be used for a share.",
    cure: "The message says what is wrong with it; `sampan share --help` has examples.",
    exitCode: 2,
  },
  HOST_SHARE_REFUSED: {
    meaning: "The host cannot share or mount this as it is; nothing was changed.",
    cure: "The message names each step that is refused; `--install` installs missing packages.",
  },
  HOST_SHARE_FAILED: {
    meaning:
      "A step of preparing or removing a share failed on the host. What was made by a set-up that failed is taken back.",
    cure: "The message says what the host said; mend that and try again: what is done already stays as it is.",
  },
  HOST_SHARE_UNKNOWN: {
    meaning: "The host's record has no share or mount by that name.",
    cure: "`sampan share status TARGET` lists what Sampan made there.",
    exitCode: 2,
  },
  HOST_DD_FAILED: {
    meaning: "A disk could not be copied into a share by dd; no unfinished file is left.",
    cure: "The message says what dd said: look at the space of the share, the file's name, and the disk.",
  },
  HOST_PREPARE_REFUSED: {
    meaning: "The host cannot be prepared safely; nothing was changed.",
    cure: "Prepare the copy instead, with `prepare()`, or mend by hand what the message names.",
  },
  HOST_PREPARE_FAILED: {
    meaning: "Preparing the host, or taking that back, failed.",
    cure: "The message says what the host said. What was changed is taken back, or the message names the script that does it.",
  },
  HOST_FILE_CHANGED: {
    meaning:
      "A file of the host was changed by someone else between being read and being written; it was left as it is.",
    cure: "Try again; the new content is looked at first.",
  },
  HOST_FILE_UNUSABLE: {
    meaning: "A configuration file of the host cannot be read, or not be replaced.",
    cure: "Look at the file on the host: its file system may be read-only or full, or the file mounted from elsewhere.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
