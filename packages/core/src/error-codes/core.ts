import type { ErrorCodeEntry } from "./entry.ts";

export const coreErrorCodes = {
  CORE_INTERNAL: {
    meaning: "Sampan met a state its authors thought impossible.",
    cure: "Please report it with the details below; `sampan resume` may still finish the run.",
    bug: true,
  },
  CORE_CANCELLED: {
    meaning: "The work was cancelled before it finished.",
    cure: "Run `sampan resume` with the run's id to go on where it stopped.",
    exitCode: 130,
  },
  CORE_ARGUMENT: {
    meaning: "A function was called with an argument outside its documented range.",
    cure: "Correct the argument named in the message.",
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
