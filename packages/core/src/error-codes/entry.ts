/** What the manual and `sampan explain` say about one error code. */
export interface ErrorCodeEntry {
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What the reader can do about it; also the hint of an error that brings no better one. */
  readonly cure: string;
  /** Exit code of the `sampan` program when a command ends with this error. Defaults to 1. */
  readonly exitCode?: ExitCode;
  /** True when only a change to Sampan can mend it. */
  readonly bug?: boolean;
}

/**
 * Exit codes of the `sampan` program.
 *
 * 0 done · 1 failed · 2 usage · 3 finished with warnings · 4 credentials · 5 blocked by findings · 6 locked ·
 * 124 stopped waiting (the cloud's task goes on) · 130 cancelled.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 124 | 130;
