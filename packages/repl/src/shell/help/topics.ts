import { catalogue, type VerbEntry } from "@sampan/sdk/catalogue";
import type { CommandEntry } from "../../command-entry.ts";
import { queryTable } from "../queries/query-table.ts";
import { exportSummaries } from "./export-summaries.ts";

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
  readonly summary: string;
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
        summary,
        details: [signature, ...limits, "its answer is waited for without `await`", `example: ${example}`],
      }),
    ),
    ...exports.map((name): Topic => {
      const known = Object.hasOwn(exportSummaries, name) ? exportSummaries[name] : undefined;
      const details = known === undefined ? [] : [known.signature];
      return { kind: "export", name, summary: known?.summary ?? "Exported by the SDK.", details };
    }),
    ...shellCommands.map(
      ({ name, usage, summary }): Topic => ({
        kind: "shell command",
        name: `:${name}`,
        summary,
        details: [`:${name} ${usage}`.trim()],
      }),
    ),
    ...commands
      .filter((entry) => entry.hidden !== true)
      .map(
        ({ name, usage, summary, options, examples }): Topic => ({
          kind: "command",
          name: `sampan ${name}`,
          summary,
          details: [
            `sampan ${name} ${usage}`.trim(),
            ...options.map((option) => `${option.flags}: ${option.summary}`),
            ...examples.map((example) => `example: ${example}`),
          ],
        }),
      ),
  ];
}

function verbTopic(name: string, entry: VerbEntry): Topic {
  const hosts = entry.hosts === undefined ? [] : [`for hosts of the kinds ${entry.hosts.join(", ")}`];
  return {
    kind: "step",
    name,
    summary: entry.summary,
    details: [
      `.${entry.signature}`,
      `comes after ${entry.from.join(" or ")}, leads to ${entry.to}`,
      ...hosts,
      ...optionTopics(name, entry).map(
        (option) => `${option.name.slice(name.length + 1)}: ${option.summary}`,
      ),
      ...entry.limits,
      `example: ${entry.example}`,
      `page: ${entry.page}`,
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
    summary: description ?? "",
    details: [`an option of .${verb}()`],
  }));
}
