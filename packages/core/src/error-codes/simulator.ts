import type { ErrorCodeEntry } from "./entry.ts";

export const simulatorErrorCodes = {
  SIMULATOR_LOCKED: {
    meaning: "Another process already serves this simulator folder.",
    cure: "Point SAMPAN_SIMULATOR at the endpoint named in the details, or use another folder.",
    exitCode: 6,
  },
  SIMULATOR_STATE: {
    meaning: "The simulator's folder cannot be read or was written by another version.",
    cure: "Use an empty folder.",
  },
  SIMULATOR_PORT: {
    meaning: "The simulator cannot listen on that port.",
    cure: "Choose another port, or 0 for any free one.",
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
