import type { ErrorCodeEntry } from "./entry.ts";

export const commandErrorCodes = {
  COMMAND_USAGE: {
    meaning: "The command line is not understood.",
    cure: "`sampan --help` lists the commands, `sampan COMMAND --help` their options.",
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
