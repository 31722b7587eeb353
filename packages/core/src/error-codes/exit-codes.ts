import type { ExitCode } from "./entry.ts";

/** What each exit code of the `sampan` program means, smallest first. */
export const exitCodes: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "failed",
  2: "usage",
  3: "finished with warnings",
  4: "credentials",
  5: "blocked by findings",
  6: "locked",
  124: "stopped waiting, the cloud goes on",
  130: "cancelled",
};
