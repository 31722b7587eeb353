import type { CommandEntry } from "./command-entry.ts";
import { debugLog, flagNames, language, takesValue } from "./command-options.ts";
import { wordsBeforeDashes } from "./global-options.ts";

/** Words that are the program's own. */
const own = ["-h", "--help", "-V", "--version", "help"];

/**
 * A command line with the name of its command in front of the options that were typed before it: `--profile prod whoami` as
 * `whoami --profile prod`. Options that no command follows are the shell's; a word that could be a command's name and is none is put in
 * front too, so that it is told what was meant.
 *
 * @returns The words as they are when they begin with the command, or are the program's own.
 */
export function commandFirst(argv: readonly string[], commands: readonly CommandEntry[]): readonly string[] {
  if (argv.length > 0 && argv[0]?.startsWith("-") !== true) return argv;
  const valued = flagsWithValue(commands);
  const words = wordsBeforeDashes(argv);
  const isValue = (index: number): boolean => {
    // bash hands `--name=value` over as three words to be completed.
    const flag = words[words[index - 1] === "=" ? index - 2 : index - 1] ?? "";
    return valued.has(flag) || (/^-[a-z]{2,}$/i.test(flag) && valued.has(`-${flag.at(-1)}`));
  };
  const plain = words.flatMap((word, index) =>
    word.startsWith("-") || word === "=" || isValue(index) ? [] : [index],
  );
  const [at, next] = plain;
  const isOwn = (word: string, index: number): boolean => own.includes(word) && !isValue(index);
  if (words.slice(0, at === undefined ? undefined : at + 1).some(isOwn)) return argv;
  const first = at === undefined ? "" : (words[at] ?? "");
  // A file with a name as a command has is given behind `shell`.
  if (at === undefined || !/^[a-z][a-z-]*$/.test(first)) return ["shell", ...argv];
  const second = next === undefined ? undefined : words[next];
  const isGrouped = commands.some(({ name }) => name === `${first} ${second}`);
  const taken = isGrouped ? [at, next] : [at];
  return [
    ...taken.map((index) => argv[index ?? 0] ?? ""),
    ...argv.filter((_, index) => !taken.includes(index)),
  ];
}

/** Options behind which a word of their own stands, in every way they are written. */
function flagsWithValue(commands: readonly CommandEntry[]): ReadonlySet<string> {
  const options = [language, debugLog, ...commands.flatMap((entry) => entry.options)];
  return new Set(options.filter(takesValue).flatMap(flagNames));
}
