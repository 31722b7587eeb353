import type { ErrorCodeEntry } from "./entry.ts";

export const hostHttpErrorCodes = {
  HOST_RANGES_UNSUPPORTED: {
    meaning: "The web server gives files only as a whole, and a disk is read in pieces.",
    cure: "Download the image and give its path, or serve it by a web server that answers Range requests.",
  },
  HOST_CERTIFICATE_REFUSED: {
    meaning: "The server's certificate is not one of a trusted authority, or is for another name.",
    cure: "Give the certificate of the server's authority with `ca`, and use the name the certificate is for.",
    exitCode: 4,
  },
  HOST_UNREACHABLE: {
    meaning:
      "No connection to the host came about: its name is unknown, nothing answers, or it refuses connections.",
    cure: "Try the same with `ssh USER@HOST true`; what works there works here.",
  },
  HOST_LOGIN_REFUSED: {
    meaning: "The host refuses this user: no key or password it takes.",
    cure: "Add a key with `ssh-copy-id USER@HOST`, or start an agent that holds one.",
    exitCode: 4,
  },
  HOST_CONNECTION_LOST: {
    meaning: "The connection to the host ended while it was in use.",
    cure: "`sampan resume` goes on where it stopped once the host answers again.",
  },
  HOST_ANSWER_INVALID: {
    meaning: "A command on the host answered something that cannot be understood.",
    cure: "Check what its login scripts print: nothing may be printed for sessions without a terminal.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
