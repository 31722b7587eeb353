/** Cuts a line into words as a shell does: quotes and backslashes keep blanks, and a `#` that begins a word ends the line. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') word = (word ?? "") + (line[++at] ?? "");
      else word = (word ?? "") + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\") word = (word ?? "") + (line[++at] ?? "");
    else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#" && word === undefined) break;
    else word = (word ?? "") + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}
