/** What `SAMPAN_FORCE_TTY` says. */
export interface ForcedTerminal {
  /** `undefined` where it says nothing: the streams tell. */
  readonly isTty: boolean | undefined;
  /** Cells of a line, where it is a number. */
  readonly columns: number | undefined;
}

/**
 * Reads `SAMPAN_FORCE_TTY`: `1` or `true` takes the output for a terminal that is watched, a number above 1 for one of that width, `0` or `false`
 * for none.
 */
export function forcedTerminal(env: Readonly<Record<string, string | undefined>>): ForcedTerminal {
  const text = env.SAMPAN_FORCE_TTY ?? "";
  if (text === "") return { isTty: undefined, columns: undefined };
  const number = Number(text);
  if (number === 0 || text === "false") return { isTty: false, columns: undefined };
  return { isTty: true, columns: Number.isInteger(number) && number > 1 ? number : undefined };
}
