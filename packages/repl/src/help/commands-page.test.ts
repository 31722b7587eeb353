import { readFileSync } from "node:fs";
import { exitCodes } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import type { CommandEntry } from "../command-entry.ts";
import { debugLog, language, type OptionEntry } from "../command-options.ts";
import { commandTable } from "../command-table.ts";
import { say, speak } from "../language/speech.ts";
import { variableGroups } from "./variables.ts";

/*
 * The manual's page of commands is made from the table that help and completion are made from: this file with `-u` writes it anew.
 */

const listed = commandTable.filter(({ hidden }) => hidden !== true);
const code = (text: string) => `\`${text}\``;

/** A text in a cell of a table, and outside of code: what HTML or the table would take for its own is escaped. */
function inCell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[<*]/g, "\\$&")))
    .join("")
    .replaceAll("|", "\\|");
}

function optionRow({ flags, summary, choices = [], integer, repeatable }: OptionEntry): string {
  const takes = [
    ...choices.map(code),
    ...(integer ? [`from ${integer.min} to ${integer.max}`] : []),
    ...(repeatable && !summary.includes("repeatable") ? ["repeatable"] : []),
  ];
  const told = takes.length > 0 ? ` (${takes.join(", ")})` : "";
  return `| ${code(flags.replaceAll("|", "\\|"))} | ${inCell(summary)}${told} |`;
}

function section({ name, usage, summary, details, options, examples, values }: CommandEntry): string {
  const words = Object.entries(values ?? {}).flatMap(([argument, names]) =>
    typeof names === "string" || names.length < 2
      ? []
      : [`${code(argument)} is one of ${names.map(code).join(", ")}.`],
  );
  return [
    `## ${name}`,
    "",
    code(["sampan", name, options.length > 0 ? "[options]" : "", usage].filter(Boolean).join(" ")),
    "",
    summary,
    ...(details ? ["", details.split("\n").map(inCell).join("\n")] : []),
    ...words.flatMap((line) => ["", line]),
    ...(options.length > 0 ? ["", "| option | does |", "|---|---|", ...options.map(optionRow)] : []),
    "",
    "```sh",
    ...examples,
    "```",
    "",
  ].join("\n");
}

describe("the manual of commands", () => {
  afterEach(() => speak("en"));

  it("has a section for each, as the table tells it", async () => {
    speak("en");
    const variables = variableGroups().map(({ title, entries }) => {
      const rows = entries.map(
        ({ names, summary }) => `| ${names.map(code).join(", ")} | ${inCell(summary)} |`,
      );
      return [`### ${say(title)}`, "", "| variable | means |", "|---|---|", ...rows, ""].join("\n");
    });
    const page = [
      "# Commands",
      "",
      "What `sampan COMMAND --help` says, in one page, made from the same table; a test keeps them the same. [The program](../README.md) tells what is meant for what.",
      "",
      `Every command also takes \`${language.flags}\` (${inCell(language.summary)}), \`${debugLog.flags}\` (${inCell(debugLog.summary)}) and \`-h, --help\`.`,
      "",
      ...listed.map(section),
      "## Exit codes",
      "",
      "| code | means |",
      "|---|---|",
      ...Object.entries(exitCodes).map(([number, meaning]) => `| ${number} | ${inCell(meaning)} |`),
      "",
      "`sampan help exit-codes` tells which errors end with which.",
      "",
      "## Environment variables",
      "",
      ...variables,
    ];
    await expect(page.join("\n")).toMatchFileSnapshot("../../docs/commands.md");
  });

  it("is led to by a page with the same exit codes", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, list = ""] = /^- Exit codes: ([\s\S]*?)\.\n/m.exec(readme) ?? [];
    const told = list.split("·").map((one) =>
      one
        .replace(/\s*\([\s\S]*\)/, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
    expect(told).toEqual(Object.entries(exitCodes).map(([code, meaning]) => `${code} ${meaning}`));
  });

  it("is led to by a table that names each", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, table = ""] = /## Commands\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const told = [...table.matchAll(/^\| (.*?) \| /gm)].map(([, cell = ""]) => cell).join("\n");
    const missing = listed.filter(({ name }) => {
      const [first = "", second] = name.split(" ");
      // `fleet status|watch|…` names several of a group.
      const pattern = second === undefined ? `\`${first}\\b` : `\`${first} (\\S*\\|)?${second}\\b`;
      return !new RegExp(pattern).test(told);
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
