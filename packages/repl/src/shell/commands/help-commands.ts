import { SampanError } from "@sampan/core";
import { firstWords } from "../../command-groups.ts";
import { say } from "../../language/speech.ts";
import { kindText } from "../help/topics.ts";
import type { ShellSession } from "../session.ts";
import { fittedTable } from "../views/fitted-table.ts";
import { viewHeads } from "../views/list-views.ts";
import { wrapText } from "../views/wrap.ts";
import type { ColonCommand } from "./colon-command.ts";
import { helpColumns, sayHelp, topicsOf } from "./help-world.ts";
import { programCommands } from "./known-commands.ts";
import { patternOf } from "./pattern.ts";

/** Examples of what can be typed, and what each is. */
const examples = [
  ['const plan = Migration.from("./web-01.vmdk")', "help.guide-plan"],
  ["  .assess().prepare().capture().toVhd()", "help.guide-dot"],
  ["plan.run()", "help.guide-run"],
  ['images()  buckets()  inspect("./web-01.vmdk")', "help.guide-queries"],
  ["_  out[3]", "help.guide-last"],
  ["?upload  plan?  h(plan)", "help.guide-help"],
] as const;

function guide(): string {
  const lines = examples.map(([typed, key]) => `  ${typed.padEnd(48)}${say(key)}`);
  const keys = [say("help.guide-keys"), say("help.guide-ghost"), say("help.guide-paste")];
  return [say("help.guide-1"), "", ...lines, "", ...keys].join("\n");
}

/** Commands that explain. `all` gives the commands of the shell, which these are among. */
export function helpCommands(all: () => readonly ColonCommand[]): readonly ColonCommand[] {
  return [
    {
      name: "help",
      usage: "[NAME]",
      summary: "colon.help",
      run: async (session, words) => {
        if (words.length > 0) return sayHelp(session, all(), words.join(" "));
        const rows = all().map(({ name, usage, summary }) => [`  :${name} ${usage}`.trimEnd(), say(summary)]);
        const { pager, output } = session;
        const others = firstWords(programCommands(session)).filter(
          ({ name }) => !all().some((one) => one.name === name),
        );
        const columns = helpColumns(output);
        const table = fittedTable([`  ${say("view.head.command")}`, ""], rows, columns);
        const also = `${say("help.guide-program")}\n  ${others.map(({ name }) => `:${name}`).join(" ")}`;
        pager.show([wrapText(guide(), columns), "", table, "", wrapText(also, columns)].join("\n"));
      },
    },
    {
      name: "find",
      usage: "PATTERN",
      summary: "colon.find",
      run: async (session, words) => find(session, all(), words.join(" ")),
    },
  ];
}

async function find(
  session: ShellSession,
  commands: readonly ColonCommand[],
  pattern: string,
): Promise<void> {
  if (pattern === "") {
    throw new SampanError("COMMAND_USAGE", "searching: no pattern was given", {
      hint: "Write `:find bucket`.",
    });
  }
  const { output, pager } = session;
  const fits = patternOf(pattern);
  const found = (await topicsOf(session, commands)).filter(
    ({ name, summary }) => fits(name) || fits(summary),
  );
  if (found.length === 0) return output.talk(say("help.nothing-fits"));
  const rows = found.map(({ kind, name, summary }) => [kindText(kind), name, summary]);
  pager.show(fittedTable([...viewHeads(["kind", "name"]), ""], rows, helpColumns(output)));
}
