import { SampanError } from "@sampan/core";
import { firstWords } from "../../command-groups.ts";
import { closestNames } from "../../terminal/closest-names.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import type { ShellSession } from "../session.ts";
import type { AfterCommand, ColonCommand } from "./colon-command.ts";
import { contextCommands } from "./context-commands.ts";
import { helpCommands } from "./help-commands.ts";
import { sayHelp } from "./help-world.ts";
import { inputCommands } from "./input-commands.ts";
import { programCommands } from "./known-commands.ts";
import { runCommands } from "./run-commands.ts";
import { saveCommand } from "./save-command.ts";
import { splitWords } from "./split-words.ts";

/** The commands of the shell, in the order in which help lists them. */
export const colonCommands: readonly ColonCommand[] = [
  ...helpCommands(() => colonCommands),
  ...runCommands,
  saveCommand,
  ...contextCommands,
  ...inputCommands,
];

/** What Node's own shell taught people to type. */
const habits: Readonly<Record<string, string>> = {
  ".help": ":help",
  ".exit": ":quit",
  exit: ":quit",
  quit: ":quit",
};

/** Does what a line says that is no TypeScript: `:command`, `?name`, `name?`. Errors are thrown. */
export async function runShellLine(session: ShellSession, line: string): Promise<AfterCommand> {
  const text = habits[line.trim()] ?? line.trim();
  if (!text.startsWith(":")) {
    const topic = text.replace(/^\?+|\?+$/g, "").trim();
    if (topic !== "") await sayHelp(session, colonCommands, topic);
    return topic === "" ? runShellLine(session, ":help") : undefined;
  }
  const [, name = "", rest = ""] = /^:\s*([\w-]*)(.*)$/s.exec(text) ?? [];
  const command = colonCommands.find((one) => one.name === name);
  if (command !== undefined) return (await command.run(session, splitWords(rest))) ?? undefined;
  const program = programCommands(session).find((entry) => entry.name.split(" ")[0] === name);
  if (program !== undefined) {
    const { runProgramCommand } = await import("./program-command.ts");
    return runProgramCommand(session, name, splitWords(rest));
  }
  const names = [...colonCommands, ...firstWords(programCommands(session))].map((one) => one.name);
  const near = closestNames(name, names).map((one) => `:${one}`);
  throw new SampanError("COMMAND_USAGE", `the shell has no command :${oneLine(name)}`, {
    hint: near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "`:help` lists them.",
  });
}
