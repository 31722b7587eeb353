import { resolve } from "node:path";
import { globalOption } from "../global-options.ts";

/**
 * Opens the debug log where the command line or `SAMPAN_DEBUG_LOG` asks for one; loads nothing otherwise. The variable is set to its path
 * once it is open, so that a runner started by this process writes to the same file, and is taken away otherwise.
 *
 * One that cannot be opened is told on standard error, and whatever was asked for goes on without it.
 */
export async function startDebugLog(argv: readonly string[]): Promise<void> {
  const { env, stderr } = process;
  const named = globalOption(argv, "--debug-log") ?? env.SAMPAN_DEBUG_LOG;
  if (named === undefined || named === "") {
    delete env.SAMPAN_DEBUG_LOG;
    return;
  }
  const file = named === "-" ? named : resolve(named);
  const [{ openDebugLog }, { programVersion }, { plainText }] = await Promise.all([
    import("@sampan/sdk/debug-log"),
    import("../version.ts"),
    import("../terminal/plain-text.ts"),
  ]);
  const say = (problem: string) => (error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    stderr.write(`${plainText(`${problem} ${file}: ${cause}`)}\n`);
  };
  try {
    openDebugLog({
      file,
      about: { sampan: programVersion(), argv, cwd: process.cwd() },
      onTrouble: say("going on, while lines cannot be written to the debug log"),
    });
    env.SAMPAN_DEBUG_LOG = file;
  } catch (error) {
    delete env.SAMPAN_DEBUG_LOG;
    say("going on without the debug log")(error);
  }
}
