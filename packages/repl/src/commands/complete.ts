import { type CommandFunction, optionSet } from "../command-call.ts";
import { completeWords } from "../completion/complete-words.ts";
import { plainText } from "../terminal/plain-text.ts";

/**
 * `sampan complete -- WORDS`: says how a command line may go on, for a shell. The first line says whether paths are to be added;
 * each other is a word, a tab, and what it stands for.
 */
export const run: CommandFunction = async ({ args, options, output, env, cwd, commands = [] }) => {
  const typed = args.map((word) => word ?? "");
  const words = optionSet(options, "next") ? [...typed, ""] : typed;
  const { candidates, paths } = await completeWords(commands, words, async (kind) => {
    // Most lines need no names, and these cost more to load than all the rest.
    const { knownNames } = await import("../completion/known-names.ts");
    return knownNames(kind, { env, cwd, flag: homeOf(words) });
  });
  const oneLine = (text: string) => plainText(text).replace(/\s+/g, " ").trim();
  output.data(paths);
  for (const { value, summary } of candidates) {
    // A name that is no single plain word could say more to a shell than it should.
    if (/^[^\s'"`$\\;&|<>(){}*?!~#]+$/u.test(value)) output.data(`${oneLine(value)}\t${oneLine(summary)}`);
  }
  return 0;
};

/** What the line says of where runs lie. */
function homeOf(words: readonly string[]): string | undefined {
  const at = words.indexOf("--home");
  return at < 0 || at >= words.length - 2 ? undefined : words[at + 1];
}
