import { Writable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import type { CommandEntry } from "../../packages/repl/src/command-entry.ts";
import { commandFirst } from "../../packages/repl/src/command-first.ts";
import { commandTable } from "../../packages/repl/src/command-table.ts";
import { runCommandLine } from "../../packages/repl/src/program.ts";
import { lacks } from "../helpers/requires.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { commandLinesOf, shellWords } from "./command-lines.ts";
import { type Page, readPages } from "./pages.ts";

/** The commands of the program, none of which does anything. */
const idle: readonly CommandEntry[] = commandTable.map((entry) => ({
  ...entry,
  load: async () => ({ run: async () => 0 as const }),
}));

/** What the program says against a command line, or nothing. */
async function complaint(words: readonly string[]): Promise<string | undefined> {
  // `sampan` alone, and with code, is the shell, which is no command of the table.
  if (words.length === 0 || words[0] === "-e") return undefined;
  let said = "";
  const listen = new Writable({
    write(chunk, _, done) {
      said += String(chunk);
      done();
    },
  });
  const code = await runCommandLine({
    argv: words,
    env: {},
    cwd: await temporaryFolder(),
    stdout: listen,
    stderr: listen,
    commands: idle,
  });
  return code === 0 ? undefined : said.trim();
}

describe.skipIf(lacks("git"))("command lines in the documents", () => {
  let pages: readonly Page[];

  beforeAll(async () => {
    pages = await readPages();
  });

  it("are understood by the program", async () => {
    const lines = pages.flatMap(commandLinesOf);
    expect(lines.length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const { page, line, words } of lines) {
      const said = await complaint(words);
      if (said !== undefined) wrong.push(`${page}:${line}: sampan ${words.join(" ")}\n${said}`);
    }
    expect(wrong).toEqual([]);
  });

  it("name commands and options that there are, also inside a sentence", () => {
    const wrong = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/`(?:npx )?sampan ([^`\n]+)`/g)].flatMap(([whole, rest = ""]) => {
        const fault = nameFault(shellWords(rest));
        return fault === undefined ? [] : [`${path}: ${whole}: ${fault}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("would be found out if they were wrong", async () => {
    expect(await complaint(["launder", "web-01.vmdk"])).toContain("launder");
    expect(await complaint(["run", "web-01.migration.ts", "--fast"])).toContain("--fast");
    expect(nameFault(["convert", "SOURCE", "--fast"])).toContain("--fast");
    expect(shellWords(`run "a b" --json | jq`)).toEqual(["run", "a b", "--json"]);
  });
});

/** Words in a sentence may leave arguments out; what they name must be there. */
function nameFault(line: readonly string[]): string | undefined {
  const [command = "", ...words] = line[0] === "-e" ? line : commandFirst(line, commandTable);
  const own = ["help", "COMMAND", "--help", "--version", "-V", "-e", "complete"];
  if (own.includes(command) || command.startsWith("…")) return undefined;
  const grouped = commandTable.some(({ name }) => name.startsWith(`${command} `));
  // A group alone is a name too; `fleet status|watch` are two.
  const names = grouped ? (words[0]?.split("|") ?? []).map((word) => `${command} ${word}`) : [command];
  const entries = names.map((wanted) => commandTable.find(({ name }) => name === wanted));
  if (entries.includes(undefined)) return "no such command";
  const flags = entries.flatMap((entry) =>
    (entry?.options ?? []).flatMap((option) => option.flags.match(/--?[a-z-]+/g) ?? []),
  );
  const options = words.filter((word) => /^-{1,2}[a-z]/.test(word)).map((word) => word.replace(/=.*$/, ""));
  const unknown = options.find((word) => !flags.includes(word) && !["--help", "-h", "--lang"].includes(word));
  return unknown === undefined ? undefined : `no such option: ${unknown}`;
}
