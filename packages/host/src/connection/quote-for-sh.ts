/**
 * One word of POSIX sh that is read as exactly this text: everything stands in single quotes, where nothing has a meaning.
 * For the one place where a connection takes only a line, as SSH does; everywhere else arguments are passed as such.
 *
 * @throws RangeError for text with a NUL, which no argument can hold.
 */
export function quoteForSh(word: string): string {
  if (word.includes("\0")) throw new RangeError("an argument cannot hold a NUL character");
  return `'${word.replaceAll("'", "'\\''")}'`;
}
