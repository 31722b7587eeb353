// Control characters, line and paragraph separators, and the marks that turn the direction of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A foreign text as one line in which nothing moves a cursor or turns the direction of reading. */
export function plainLine(text: string): string {
  return text.replace(unsafe, (character) => (/[\n\r\t]/.test(character) ? " " : "\uFFFD"));
}

/** A length of time for people: `12 s`, `3 min 5 s`, `2 h 4 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return withRest(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return withRest(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function withRest(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}
