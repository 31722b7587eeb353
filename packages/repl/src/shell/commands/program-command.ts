import type { ShellSession } from "../session.ts";
import type { AfterCommand } from "./colon-command.ts";

/** Runs a command of the program, as though `sampan NAME WORDS` had been typed in a terminal. Its errors are told, and the shell stays. */
export async function runProgramCommand(
  session: ShellSession,
  name: string,
  words: readonly string[],
): Promise<AfterCommand> {
  const { call, terminal } = session;
  const work = (): Promise<unknown> => call.runCommand([name, ...words]);
  await (terminal === null ? work() : terminal.editor.lend(work));
  return undefined;
}
