import type { ErrorCodeEntry } from "./entry.ts";

export const hostMomentErrorCodes = {
  HOST_SNAPSHOT_FULL: {
    meaning: "More was written on the host than its snapshot holds, so that the snapshot is void.",
    cure: "Give the snapshot more space with `snapshotBytes`, or capture at a quieter time.",
  },
  HOST_FREEZE_IMPOSSIBLE: {
    meaning: "The host's file systems cannot be frozen.",
    cure: 'Take `consistency: "snapshot"` where there are logical volumes, or `"none"`.',
  },
  HOST_MOMENT_LEFT: {
    meaning: "Something that was made on the host to hold a moment could not be removed.",
    cure: "Look at the host: what is named is still in use. `sampan gc` tries again.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
