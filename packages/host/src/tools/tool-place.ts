import { SampanError } from "@sampan/core";
import type { Argv, CommandOptions, CommandResult, RunningCommand, Shell } from "../connection/shell.ts";

/** A machine on which tools run. */
export interface ToolPlace {
  readonly title: string;
  readonly system: "linux" | "windows";
  /** Finds a program by its name, or looks whether there is one at a path. */
  find(program: string, signal?: AbortSignal): Promise<string | undefined>;
  run(argv: Argv, options?: CommandOptions): Promise<CommandResult>;
  start(argv: Argv, options?: Pick<CommandOptions, "signal">): Promise<RunningCommand>;
  /** Size of a file in bytes; `undefined` when there is none. */
  sizeOf(path: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

/** Programs run where a POSIX shell is: on this machine, or behind a connection. */
export function shellPlace(shell: Shell): ToolPlace {
  return {
    title: shell.title,
    system: "linux",
    async find(program, signal) {
      const { exitCode, stdout } = await shell.script('command -v "$1"', [program], signal ? { signal } : {});
      const [path = ""] = new TextDecoder().decode(stdout.subarray(0, 4096)).split("\n");
      return exitCode === 0 && path.startsWith("/") ? path : undefined;
    },
    run: (argv, options) => shell.run(argv, options),
    start: (argv, options) => shell.start(argv, options),
    async sizeOf(path, signal) {
      const script = '[ -e "$1" ] || exit 44; exec stat -L -c %s "$1"';
      const { exitCode, stdout, stderr } = await shell.script(script, [path], signal ? { signal } : {});
      if (exitCode === 44) return undefined;
      const size = Number(new TextDecoder().decode(stdout.subarray(0, 64)));
      if (exitCode === 0 && Number.isSafeInteger(size)) return size;
      throw new SampanError(
        "HOST_COMMAND_FAILED",
        `looking at ${path} on ${shell.title}: ${stderr.slice(0, 200)}`,
      );
    },
    async remove(path) {
      await shell.script('rm -f "$1"', [path]);
    },
  };
}
