/** Options of the program itself, which may stand before and behind the name of a command; each takes a value. */
const globalNames = ["--lang", "--debug-log"] as const;

/** Words up to the `--` behind which no word is an option. */
export function wordsBeforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end);
}

/** The value that a command line gives to an option of the program, the last one; `undefined` where it gives none. */
export function globalOption(
  argv: readonly string[],
  name: (typeof globalNames)[number],
): string | undefined {
  const words = wordsBeforeDashes(argv);
  const last = words.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[last];
  return word === name ? words[last + 1] : word?.slice(`${name}=`.length);
}

/** The words of a command line but for options of the program and their values. */
export function withoutGlobalOptions(argv: readonly string[]): readonly string[] {
  const words = wordsBeforeDashes(argv);
  const isGlobal = (word: string, at: number): boolean =>
    globalNames.some((name) => word === name || word.startsWith(`${name}=`) || words[at - 1] === name);
  return [...words.filter((word, at) => !isGlobal(word, at)), ...argv.slice(words.length)];
}
