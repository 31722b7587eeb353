import { PassThrough } from "node:stream";
import { commandTable } from "../command-table.ts";
import { runCommandLine } from "../program.ts";
import { scriptSession } from "../shell/create-session.ts";
import type { ShellSession } from "../shell/session.ts";
import { type RememberingStream, rememberingOutput } from "./fake-output.ts";

/** A session of the shell without a terminal, whose output is remembered. */
export function rememberedSession(given: {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly json?: boolean;
}): {
  readonly session: ShellSession;
  readonly stdout: RememberingStream;
  readonly stderr: RememberingStream;
} {
  const { output, stdout, stderr } = rememberingOutput({ json: given.json ?? false });
  const stdin = new PassThrough() as unknown as NodeJS.ReadStream;
  const env = { HOME: given.cwd, ...given.env };
  const { cwd } = given;
  const session = scriptSession({
    args: [],
    options: {},
    cwd,
    env,
    output,
    stdin,
    commands: commandTable,
    runCommand: (argv) => runCommandLine({ argv, env, cwd, stdout: output.stdout, stderr: output.stderr }),
  });
  return { session, stdout, stderr };
}
