import { PassThrough } from "node:stream";
import { commandTable } from "../command-table.ts";
import { runCommandLine } from "../program.ts";
import { scriptSession } from "../shell/create-session.ts";
import type { ShellSession } from "../shell/session.ts";
import { createOutput, type OutputStream } from "../terminal/output.ts";
import { RememberingStream } from "./fake-output.ts";

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
  const stdout = new RememberingStream();
  const stderr = new RememberingStream();
  const output = createOutput({
    stdout: stdout as OutputStream,
    stderr: stderr as OutputStream,
    env: {},
    json: given.json ?? false,
  });
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
