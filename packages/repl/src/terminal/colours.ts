import picocolors from "picocolors";

/** Functions that colour text, or give it back unchanged. */
export type Colours = ReturnType<typeof picocolors.createColors>;

/** What {@link wantsColour} looks at. */
export interface ColourQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
}

/**
 * Decides whether a stream gets colours: `NO_COLOR` (not empty) forbids them, `FORCE_COLOR` (not `0`) or `CLICOLOR_FORCE`
 * demands them, `CLICOLOR=0` does without, otherwise only a terminal that is not `dumb` has them.
 */
export function wantsColour({ env, isTty }: ColourQuestion): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.CLICOLOR_FORCE !== undefined && env.CLICOLOR_FORCE !== "" && env.CLICOLOR_FORCE !== "0")
    return true;
  if (env.CLICOLOR === "0") return false;
  return isTty && env.TERM !== "dumb";
}

/** Makes the colours of a stream. */
export function coloursFor(enabled: boolean): Colours {
  return picocolors.createColors(enabled);
}
