import type { CommandEntry } from "../../command-entry.ts";
import type { ShellSession } from "../session.ts";

/** The commands of the program that can be typed in the shell behind a colon: all but the shell itself, and what programs call. */
export function programCommands({ call }: Pick<ShellSession, "call">): readonly CommandEntry[] {
  return call.commands.filter(({ name, hidden }) => hidden !== true && name !== "shell");
}
