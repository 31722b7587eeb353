/**
 * One word of a Windows command line that `CommandLineToArgvW` and programs of Microsoft's C read as exactly this text: in quotes,
 * backslashes doubled where a quote follows them. Source: "Parsing C command-line arguments", Microsoft Learn, 2024.
 *
 * @throws RangeError for text with a NUL, which ends a command line.
 */
export function quoteForWindows(word: string): string {
  if (word.includes("\0")) throw new RangeError("an argument cannot hold a NUL character");
  if (/^[A-Za-z0-9_.:/\\=-]+$/.test(word)) return word;
  const quoted = word.replace(/\\+|"/g, (found, at: number) => {
    if (found === '"') return '\\"';
    const next = word[at + found.length];
    return next === '"' || next === undefined ? found + found : found;
  });
  return `"${quoted}"`;
}
