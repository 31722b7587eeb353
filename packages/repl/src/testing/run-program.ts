import { type ProgramWorld, runCommandLine } from "../program.ts";
import { RememberingStream } from "./fake-output.ts";

/**
 * Runs the program with these arguments in this process, and gives its exit code and what it wrote. Without an environment unless one is
 * given; stdout is a terminal of `columns` when that is.
 */
export async function runProgram(
  argv: readonly string[],
  {
    columns,
    ...world
  }: Pick<ProgramWorld, "cwd"> &
    Partial<Pick<ProgramWorld, "env" | "commands" | "openHost">> & { readonly columns?: number | undefined },
): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  const stdout = new RememberingStream(columns === undefined ? undefined : { columns });
  const stderr = new RememberingStream();
  const exitCode = await runCommandLine({
    argv,
    env: {},
    ...world,
    stdout: stdout as never,
    stderr: stderr as never,
  });
  return { exitCode, out: stdout.text, err: stderr.text };
}
