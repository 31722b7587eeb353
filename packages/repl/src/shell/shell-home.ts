import { join, resolve } from "node:path";
import type { CommandCall } from "../command-call.ts";

/** Folder of the runs started in the shell: `SAMPAN_HOME`, else `.sampan` in the working folder, as the SDK has it. */
export function shellHome({ env, cwd }: Pick<CommandCall, "env" | "cwd">): string {
  return resolve(env.SAMPAN_HOME || join(cwd, ".sampan"));
}
