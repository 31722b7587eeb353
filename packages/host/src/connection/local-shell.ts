import { getuid } from "node:process";
import { SampanError } from "@sampan/core";
import { runProgram, startProgram } from "./run-program.ts";
import type { Argv, CommandOptions, Shell } from "./shell.ts";

/**
 * The shell of this machine.
 *
 * What has to run as root goes through `sudo -n`, which asks nobody: `HOST_ROOT_REFUSED` where that is not allowed.
 */
export function openLocalShell(): Shell {
  const title = "this machine";
  const running = new Set<() => void>();
  const argvOf = async (argv: Argv, asRoot: boolean): Promise<Argv> => {
    if (!asRoot || getuid?.() === 0) return argv;
    const probe = await runProgram(call(["sudo", "-n", "true"]));
    if (probe.exitCode !== 0) {
      throw new SampanError("HOST_ROOT_REFUSED", `running ${argv[0]} as root on ${title}: ${probe.stderr}`);
    }
    return ["sudo", "-n", "--", ...argv];
  };
  const call = ([file, ...args]: Argv) => ({ file, args, title: `${file} on ${title}` });
  const scriptArgv = (script: string, args: readonly string[]): Argv => ["sh", "-c", script, "sh", ...args];

  const shell: Shell = {
    title,
    run: async (argv, options: CommandOptions = {}) =>
      runProgram(call(await argvOf(argv, options.asRoot === true)), options),
    script: (script, args, options) => shell.run(scriptArgv(script, args), options),
    async start(argv, options = {}) {
      const started = startProgram(call(await argvOf(argv, options.asRoot === true)), options.signal);
      running.add(started.kill);
      started.ended.then(
        () => running.delete(started.kill),
        () => running.delete(started.kill),
      );
      return started;
    },
    startScript: (script, args, options) => shell.start(scriptArgv(script, args), options),
    async close() {
      for (const kill of running) kill();
    },
  };
  return shell;
}
