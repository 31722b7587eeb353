import { SampanError } from "@sampan/core";

/** Cuts a line into words at spaces; quotes of both kinds hold words together and are taken off. `COMMAND_USAGE` for a quote that never ends. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (const character of line) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + character;
  }
  if (quote !== "")
    throw new SampanError("COMMAND_USAGE", `reading a command: the quote ${quote} never ends`);
  return word === null ? words : [...words, word];
}
