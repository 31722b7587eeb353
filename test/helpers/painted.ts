/**
 * Reads a screen with the codes of its colours as text without spaces and breaks of lines, in which a piece that is painted is
 * `{32:piece}`: the numbers of its codes, sorted, and what they are for, also beyond the end of a line.
 */
export function painted(screen: string): string {
  let codes: ReadonlySet<number> = new Set();
  let [text, begun] = ["", ""];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal are what is looked for.
  for (const [piece, given] of screen.matchAll(/\u001b\[([0-9;]*)m|[^\u001b]+/g)) {
    if (given !== undefined) {
      for (const code of (given || "0").split(";").map(Number)) codes = withCode(codes, code);
      continue;
    }
    const letters = piece.replace(/\s+/g, "");
    const kind = [...codes].sort((one, other) => one - other).join(";");
    if (letters === "" || kind === begun) {
      text += letters;
      continue;
    }
    text += `${begun === "" ? "" : "}"}${kind === "" ? "" : `{${kind}:`}${letters}`;
    begun = kind;
  }
  return begun === "" ? text : `${text}}`;
}

/** Codes that hold after another: 0 ends all, 22 bold and dim, 24 the line below, 39 the colour, 49 that of the ground. */
function withCode(codes: ReadonlySet<number>, code: number): ReadonlySet<number> {
  const isColour = (one: number): boolean => (one >= 30 && one <= 37) || (one >= 90 && one <= 97);
  if (code === 0) return new Set();
  const kept = [...codes].filter((one) => {
    if (code === 22) return one !== 1 && one !== 2;
    if (code === 24) return one !== 4;
    return !(isColour(one) && (code === 39 || isColour(code)));
  });
  return code === 22 || code === 24 || code === 39 || code === 49 ? new Set(kept) : new Set([...kept, code]);
}
