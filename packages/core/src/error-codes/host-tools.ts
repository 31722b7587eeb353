import type { ErrorCodeEntry } from "./entry.ts";

export const hostToolsErrorCodes = {
  HOST_TOOL_UNSUITABLE: {
    meaning: "The tool that was chosen cannot do this, or not on this system, or only by hand.",
    cure: "The message says why; `sampan tools` lists what each is for. Without a tool Sampan does it by itself.",
    exitCode: 2,
  },
  HOST_TOOL_LICENCE: {
    meaning: "The tool runs only for who accepts its licence, which Sampan never does for anybody.",
    cure: "Read the licence at the tool's page; when you accept it, say so with `acceptLicence: true`.",
    exitCode: 2,
  },
  HOST_TOOL_FAILED: {
    meaning: "The tool ended with an error.",
    cure: "The message says what it said; mend that, or let Sampan do it by itself.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
