import { catalogue, stageMethods, starts } from "@sampan/sdk/catalogue";
import { firstWords } from "../../command-groups.ts";
import { colonCommands } from "../commands/index.ts";
import { programCommands } from "../commands/known-commands.ts";
import { queryNames } from "../queries/query-table.ts";
import type { ShellSession } from "../session.ts";

/** Words that Sampan knows. */
export interface Lexicon {
  /** What stands behind a dot: the steps of a plan, how one begins, and what else a plan can be asked. */
  readonly verbs: ReadonlySet<string>;
  /** Functions that only look. */
  readonly queries: ReadonlySet<string>;
  /** What stands behind a colon at the beginning of a line. */
  readonly commands: ReadonlySet<string>;
}

/** Makes the lexicon of a session. Loads the catalogue, so that it is for when the prompt is there already. */
export function lexiconOf(session: Pick<ShellSession, "call">): Lexicon {
  return {
    verbs: new Set([catalogue, starts, stageMethods].flatMap((table) => Object.keys(table))),
    queries: new Set<string>(queryNames),
    commands: new Set([...colonCommands, ...firstWords(programCommands(session))].map(({ name }) => name)),
  };
}
