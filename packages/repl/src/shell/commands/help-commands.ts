import { SampanError } from "@sampan/core";
import { firstWords } from "../../command-groups.ts";
import type { ShellSession } from "../session.ts";
import { fittedTable } from "../views/fitted-table.ts";
import { wrapText } from "../views/wrap.ts";
import type { ColonCommand } from "./colon-command.ts";
import { helpColumns, sayHelp, topicsOf } from "./help-world.ts";
import { programCommands } from "./known-commands.ts";
import { patternOf } from "./pattern.ts";

const guide = `Type TypeScript; the SDK is there. A plan is shown, never run, until \`.run()\`.

  const plan = Migration.from("./web-01.vmdk")    a plan
    .assess().prepare().capture().toVhd()         a dot continues the last value
  plan.run()                                      starts it, and the prompt stays
  images()  buckets()  inspect("./web-01.vmdk")   queries need no await
  _  out[3]                                       the last value; that of input 3
  ?upload  plan?  h(plan)                         help on anything

Tab completes · Ctrl+R searches earlier inputs · Alt+Enter begins a new line
A paste is one input, evaluated by Enter.`;

/** Commands that explain. `all` gives the commands of the shell, which these are among. */
export function helpCommands(all: () => readonly ColonCommand[]): readonly ColonCommand[] {
  return [
    {
      name: "help",
      usage: "[NAME]",
      summary: "say what can be typed, or explain a step, option, query, export, command or variable",
      run: async (session, words) => {
        if (words.length > 0) return sayHelp(session, all(), words.join(" "));
        const rows = all().map(({ name, usage, summary }) => [`  :${name} ${usage}`.trimEnd(), summary]);
        const { pager, output } = session;
        const others = firstWords(programCommands(session)).filter(
          ({ name }) => !all().some((one) => one.name === name),
        );
        const columns = helpColumns(output);
        const table = fittedTable(["  command", ""], rows, columns);
        const also = `Commands of the program work too, as :inspect FILE does \`sampan inspect FILE\`:\n  ${others.map(({ name }) => `:${name}`).join(" ")}`;
        pager.show([wrapText(guide, columns), "", table, "", wrapText(also, columns)].join("\n"));
      },
    },
    {
      name: "find",
      usage: "PATTERN",
      summary: "search steps, options, queries, exports and commands by a pattern",
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
  if (found.length === 0) return output.talk("nothing fits");
  const rows = found.map(({ kind, name, summary }) => [kind, name, summary]);
  pager.show(fittedTable(["kind", "name", ""], rows, helpColumns(output)));
}
