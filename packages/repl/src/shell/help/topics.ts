import { catalogue, type VerbEntry } from "@sampan/sdk/catalogue";
import type { CommandEntry } from "../../command-entry.ts";
import { listed, say, translated } from "../../language/speech.ts";
import type { ColonKey } from "../commands/colon-command.ts";
import { queryTable } from "../queries/query-table.ts";
import { exportSignatures, exportSummary, isExport } from "./export-summaries.ts";

/** Something that help knows by its name. */
export interface Topic {
  readonly kind: "step" | "option" | "query" | "export" | "command" | "shell command";
  /** As one writes it. */
  readonly name: string;
  readonly summary: string;
  /** Lines below the summary. */
  readonly details: readonly string[];
}

/** A command of the shell, as far as help tells of it. */
export interface ListedCommand {
  readonly name: string;
  readonly usage: string;
  readonly summary: ColonKey;
}

/** What a kind of topic is called. */
export function kindText(kind: Topic["kind"]): string {
  return say(kind === "shell command" ? "help.kind.shell-command" : `help.kind.${kind}`);
}

/** Everything help knows, in the order in which it is looked for. Pure; `exports` are the names the SDK really has. */
export function helpTopics(
  shellCommands: readonly ListedCommand[],
  commands: readonly CommandEntry[],
  exports: readonly string[],
): readonly Topic[] {
  return [
    ...Object.entries(catalogue).map(([name, entry]) => verbTopic(name, entry)),
    ...Object.entries(catalogue).flatMap(([verb, entry]) => optionTopics(verb, entry)),
    ...Object.entries(queryTable).map(
      ([name, { signature, summary, example, limits }]): Topic => ({
        kind: "query",
        name,
        summary: say(summary),
        details: [
          signature,
          ...limits.map((key) => say(key)),
          say("help.no-await"),
          say("help.example", { example }),
        ],
      }),
    ),
    ...exports.map((name): Topic => {
      const details = isExport(name) ? [exportSignatures[name]] : [];
      return { kind: "export", name, summary: exportSummary(name) || say("help.exported"), details };
    }),
    ...shellCommands.map(
      ({ name, usage, summary }): Topic => ({
        kind: "shell command",
        name: `:${name}`,
        summary: say(summary),
        details: [`:${name} ${usage}`.trim()],
      }),
    ),
    ...commands
      .filter((entry) => entry.hidden !== true)
      .map(
        ({ name, usage, summary, options, examples }): Topic => ({
          kind: "command",
          name: `sampan ${name}`,
          summary: translated(summary),
          details: [
            `sampan ${name} ${usage}`.trim(),
            ...options.map((option) =>
              say("help.named", { name: option.flags, summary: translated(option.summary) }),
            ),
            ...examples.map((example) => say("help.example", { example })),
          ],
        }),
      ),
  ];
}

function verbTopic(name: string, entry: VerbEntry): Topic {
  const hosts = entry.hosts === undefined ? [] : [say("help.for-hosts", { kinds: listed(entry.hosts) })];
  return {
    kind: "step",
    name,
    summary: translated(entry.summary),
    details: [
      `.${entry.signature}`,
      say("help.order", { before: entry.from.join(say("list.or")), after: entry.to }),
      ...hosts,
      ...optionTopics(name, entry).map((option) =>
        say("help.named", { name: option.name.slice(name.length + 1), summary: option.summary }),
      ),
      ...entry.limits.map(translated),
      say("help.example", { example: entry.example }),
      say("help.page", { page: entry.page }),
    ],
  };
}

function optionTopics(verb: string, entry: VerbEntry): readonly Topic[] {
  const { shape = {} } = entry.options as {
    readonly shape?: Readonly<Record<string, { readonly description?: string | undefined }>>;
  };
  return Object.entries(shape).map(([option, { description }]) => ({
    kind: "option",
    name: `${verb}.${option}`,
    summary: translated(description ?? ""),
    details: [say("help.option-of", { verb })],
  }));
}
