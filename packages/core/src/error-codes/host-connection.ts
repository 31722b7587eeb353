import type { ErrorCodeEntry } from "./entry.ts";

export const hostConnectionErrorCodes = {
  HOST_UNREACHABLE: {
    meaning:
      "No connection to the host came about: its name is unknown, nothing answers, or it refuses connections.",
    cure: "Try the same with `ssh USER@HOST true`; what works there works here.",
  },
  HOST_KEY_UNKNOWN: {
    meaning: "The host's key is not known, or not the one that is known: it may be another machine.",
    cure: "Compare the key's fingerprint with the host's own, then add it with `ssh HOST` or `ssh-keyscan`.",
    exitCode: 4,
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
