import type { CommandEntry } from "../command-entry.ts";
import { commandFirst } from "../command-first.ts";
import { firstWords } from "../command-groups.ts";
import {
  debugLog,
  flagNames,
  language,
  type NameKind,
  type OptionEntry,
  takesValue,
} from "../command-options.ts";
import { say, translated } from "../language/speech.ts";

/** One way a word may go on. */
export interface Candidate {
  /** The whole word. */
  readonly value: string;
  /** What it stands for, in a few words; empty when there is nothing to say. */
  readonly summary: string;
}

/** How a command line may go on. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What the shell adds by itself. */
  readonly paths: "none" | "files" | "folders";
}

/** What only the surroundings know. */
export type NamesOf = (kind: NameKind) => readonly Candidate[] | Promise<readonly Candidate[]>;

const nothing: Completion = { candidates: [], paths: "none" };
const folderNames = new Set(["folder"]);
const fileNames = new Set(["file", "plan", "image", "target", "source", "destination", "data-disks"]);

/**
 * Says how a command line may go on. The last word is the one being typed and may be empty; those before it are whole.
 *
 * Looks at the table and asks for names, and does nothing else: no plan is read and no cloud is called. `--name=value` is taken as
 * one word and, as bash hands it over, as three.
 */
export async function completeWords(
  table: readonly CommandEntry[],
  words: readonly string[],
  namesOf: NamesOf,
): Promise<Completion> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const commands = table.filter((entry) => entry.hidden !== true);
  const isBegun = before.length > 0 || typed.startsWith("-");
  const path = before[0] === "help" ? before.slice(1) : isBegun ? commandFirst(before, commands) : before;
  const listed = namesBehind(commands, path);
  if (listed.length > 0) {
    const help = { value: "help", summary: say("help.command") };
    return fitting(typed, before[0] === "help" ? listed : [...listed, help]);
  }
  const found = commands.find(({ name }) => `${path.join(" ")} `.startsWith(`${name} `));
  if (found === undefined || before[0] === "help") return nothing;
  const given = path.slice(found.name.split(" ").length);
  const entry = { ...found, options: [...found.options, language, debugLog] };
  if (given.includes("--")) return valuesOf(entry, positionals(entry, given).length, typed, namesOf);

  const inOne = /^(--[a-z-]+=)(.*)$/s.exec(typed);
  if (inOne !== null) {
    const [, prefix = "", begun = ""] = inOne;
    const option = optionNamed(entry, prefix.slice(0, -1));
    if (option === undefined) return nothing;
    const { candidates, paths } = await valuesOfOption(option, begun, namesOf);
    return { candidates: candidates.map((one) => ({ ...one, value: prefix + one.value })), paths };
  }
  const asked = given.at(-1) === "=" ? given.at(-2) : typed === "=" ? given.at(-1) : given.at(-1);
  const option = asked === undefined ? undefined : optionNamed(entry, asked);
  if (option !== undefined && takesValue(option)) {
    return valuesOfOption(option, typed === "=" ? "" : typed, namesOf);
  }
  if (typed.startsWith("-")) return fitting(typed, optionsOf(entry, given));
  const values = await valuesOf(entry, positionals(entry, given).length, typed, namesOf);
  // After options alone the command may still come.
  const names =
    before[0]?.startsWith("-") === true && path.length > before.length ? namesBehind(commands, []) : [];
  return { ...values, candidates: [...fitting(typed, names).candidates, ...values.candidates] };
}

/** Words by which the name of a command may go on behind those typed. */
function namesBehind(commands: readonly CommandEntry[], typed: readonly string[]): readonly Candidate[] {
  const prefix = typed.map((word) => `${word} `).join("");
  const below = commands
    .filter(({ name }) => name.startsWith(prefix))
    .map((entry) => ({ ...entry, name: entry.name.slice(prefix.length) }));
  return firstWords(below).map(({ name, summary }) => ({ value: name, summary: translated(summary) }));
}

function fitting(typed: string, candidates: readonly Candidate[]): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(typed)), paths: "none" };
}

/** Options that may still be given: those not there yet, and those that may stand several times. */
function optionsOf(entry: CommandEntry, given: readonly string[]): readonly Candidate[] {
  const there = new Set(given.map((word) => word.replace(/=.*$/s, "")));
  const free = entry.options.filter(
    (option) => option.repeatable === true || !flagNames(option).some((flag) => there.has(flag)),
  );
  return [
    ...free.map((option) => ({ value: flagNames(option).at(-1) ?? "", summary: translated(option.summary) })),
    { value: "--help", summary: say("help.help") },
  ];
}

async function valuesOfOption(option: OptionEntry, typed: string, namesOf: NamesOf): Promise<Completion> {
  if (option.choices !== undefined) {
    return fitting(
      typed,
      option.choices.map((value) => ({ value, summary: "" })),
    );
  }
  if (option.names !== undefined) return fitting(typed, await namesOf(option.names));
  return { candidates: [], paths: pathsOf(/<([^>]+)>/.exec(option.flags)?.[1] ?? "") };
}

/** Values of the argument at a place; the last one of a list stands for all that follow. */
async function valuesOf(
  entry: CommandEntry,
  place: number,
  typed: string,
  namesOf: NamesOf,
): Promise<Completion> {
  const args = entry.usage.split(" ").filter(Boolean);
  const list = args.findIndex((arg) => arg.includes("..."));
  const arg = args[list >= 0 && place > list ? list : place]?.replace(/[<>[\].]/g, "");
  if (arg === undefined) return nothing;
  const values = entry.values?.[arg];
  if (values === undefined) return { candidates: [], paths: pathsOf(arg) };
  if (typeof values === "string") return fitting(typed, await namesOf(values));
  return {
    ...fitting(
      typed,
      values.map((value) => ({ value, summary: "" })),
    ),
    paths: pathsOf(arg),
  };
}

/** The words that are arguments, not options nor values of them. */
function positionals(entry: CommandEntry, given: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? "";
    if (word === "--") return [...found, ...given.slice(at + 1)];
    const option = word.startsWith("-") ? optionNamed(entry, word) : undefined;
    if (option !== undefined && takesValue(option)) at += given[at + 1] === "=" ? 2 : 1;
    else if (!word.startsWith("-")) found.push(word);
  }
  return found;
}

function pathsOf(name: string): Completion["paths"] {
  return folderNames.has(name) ? "folders" : fileNames.has(name) ? "files" : "none";
}

function optionNamed(entry: CommandEntry, flag: string): OptionEntry | undefined {
  return entry.options.find((option) => flagNames(option).includes(flag));
}
