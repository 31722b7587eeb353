import type { ErrorCodeEntry } from "./entry.ts";

export const hostLiveErrorCodes = {
  HOST_PASSWORD_MISSING: {
    meaning: "The password of a host was not found where the plan says it is.",
    cure: 'Set the variable or write the file that `passwordFrom` names, or run in a terminal with `passwordFrom: "ask"`.',
    exitCode: 4,
  },
  HOST_SNAPSHOT_IMPOSSIBLE: {
    meaning:
      "No snapshot can be made of this disk: it has no logical volumes, or their group has no space left.",
    cure: 'Free space in the volume group, or take `consistency: "freeze"` or `"none"`.',
  },
  HOST_MOMENT_LOST: {
    meaning:
      "The host has let go of the moment that was being read: nothing was heard of us for too long, or it was restarted.",
    cure: "Start a new run: what was read belongs to a moment that is gone.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
