import type { Output } from "../../terminal/output.ts";
import type { HelpWorld } from "../help/help-on.ts";
import type { ListedCommand, Topic } from "../help/topics.ts";
import type { ShellSession } from "../session.ts";
import { wrapText } from "../views/wrap.ts";

/** Prints help on what was typed. */
export async function sayHelp(
  session: ShellSession,
  commands: readonly ListedCommand[],
  typed: string,
): Promise<void> {
  const [{ helpOn }, world] = await Promise.all([import("../help/help-on.ts"), worldOf(session, commands)]);
  show(session, helpOn(typed, world));
}

/** Prints help on a value, as `h(value)` does. */
export async function sayHelpOnValue(
  session: ShellSession,
  commands: readonly ListedCommand[],
  value: unknown,
): Promise<void> {
  const [{ helpOnValue }, world] = await Promise.all([
    import("../help/help-on.ts"),
    worldOf(session, commands),
  ]);
  show(session, helpOnValue(value, world));
}

/** How wide texts of help may be: as the terminal is. */
export function helpColumns(output: Output): number {
  return Math.max(19, output.columns() - 1);
}

function show({ pager, output }: ShellSession, text: string): void {
  pager.show(wrapText(text, helpColumns(output)));
}

/** Everything help knows of, in this session. */
export async function topicsOf(
  session: ShellSession,
  commands: readonly ListedCommand[],
): Promise<readonly Topic[]> {
  return (await worldOf(session, commands)).topics;
}

async function worldOf(session: ShellSession, commands: readonly ListedCommand[]): Promise<HelpWorld> {
  const [{ evaluator }, { helpTopics }, sdk] = await Promise.all([
    session.engine(),
    import("../help/topics.ts"),
    import("@sampan/sdk"),
  ]);
  return {
    evaluator,
    topics: helpTopics(commands, session.call.commands, Object.keys(sdk).sort()),
  };
}
