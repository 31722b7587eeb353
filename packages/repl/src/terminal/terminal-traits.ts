type Environment = Readonly<Record<string, string | undefined>>;

/** What a terminal can do besides text, as far as its environment tells. */
export interface TerminalTraits {
  /** Breaks lines anew when it is made narrower. */
  readonly reflows: boolean;
  /** Has a title that a program may set, and sets back. */
  readonly title: boolean;
  /** Shows progress in its tab or in the taskbar, by OSC 9;4. */
  readonly progress: boolean;
}

/**
 * What the terminal of this environment can do. Titles and progress are for those that are known to have them: others show the codes, or
 * take OSC 9 for a notification. Inside tmux and screen nobody knows which terminal is outside.
 */
export function terminalTraits(env: Environment): TerminalTraits {
  const multiplexed = isSet(env.TMUX) || isSet(env.STY) || /^(?:tmux|screen)/.test(env.TERM ?? "");
  const program = env.TERM_PROGRAM ?? "";
  const known =
    isSet(env.WT_SESSION) ||
    env.ConEmuANSI === "ON" ||
    program === "vscode" ||
    program === "ghostty" ||
    program === "WezTerm" ||
    program === "iTerm.app";
  const hasProgress = known && (program !== "iTerm.app" || atLeast(env.TERM_PROGRAM_VERSION, [3, 6, 6]));
  return {
    reflows: !isSet(env.XTERM_VERSION) && !isSet(env.STY) && env.TERM !== "linux",
    title: !multiplexed && (known || program === "Apple_Terminal" || isSet(env.VTE_VERSION)),
    progress: !multiplexed && hasProgress,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/** Whether a version such as `3.6.6` is that one or a later. */
function atLeast(version: string | undefined, wanted: readonly number[]): boolean {
  const parts = (version ?? "").split(".").map((part) => Number.parseInt(part, 10) || 0);
  for (const [index, number] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== number) return part > number;
  }
  return true;
}
