import type { CommandEntry } from "./command-entry.ts";
import { debugLog, flagNames, language, takesValue } from "./command-options.ts";
import { wordsBeforeDashes } from "./global-options.ts";

/** Words that are the program's own. */
const own = ["-h", "--help", "-V", "--version", "help"];

/**
 * A command line with the name of its command in front of the options that were typed before it: `--profile prod whoami` as
 * `whoami --profile prod`. Options that no command follows are the shell's.
 *
 * @returns The words as they are when they begin with the command, or are the program's own.
 */
export function commandFirst(argv: readonly string[], commands: readonly CommandEntry[]): readonly string[] {
  if (argv.length > 0 && argv[0]?.startsWith("-") !== true) return argv;
  const withValue = flagsWithValue(commands);
  const words = wordsBeforeDashes(argv);
  // bash hands `--name=value` over as three words to be completed.
  const isValue = (index: number): boolean =>
    withValue.has(words[words[index - 1] === "=" ? index - 2 : index - 1] ?? "");
  const at = words.findIndex((word, index) => !word.startsWith("-") && !isValue(index));
  const options = words.slice(0, at < 0 ? undefined : at);
  const [first = "", second] = at < 0 ? [] : words.slice(at);
  if (options.some((word) => own.includes(word)) || own.includes(first)) return argv;
  const named = [`${first} ${second}`, first].find((name) =>
    commands.some((entry) => entry.name === name || entry.name.startsWith(`${name} `)),
  );
  if (named === undefined) return ["shell", ...argv];
  const name = named.split(" ");
  return [...name, ...options, ...argv.slice(at + name.length)];
}

/** Options behind which a word of their own stands, in every way they are written. */
function flagsWithValue(commands: readonly CommandEntry[]): ReadonlySet<string> {
  const options = [language, debugLog, ...commands.flatMap((entry) => entry.options)];
  return new Set(options.filter(takesValue).flatMap(flagNames));
}
