/** What a prompt says. All of it is safe for a terminal and without colours. */
export interface PromptLook {
  readonly prompt: string;
  /** Before every further line of an input. */
  readonly continuation: string;
  /** How to get out of an input of several lines, the longest text first: what fits the screen is said below it. */
  readonly waysOut: readonly string[];
  readonly paint: (text: string) => string;
  readonly paintHint: (text: string) => string;
}

/** What somebody did at the prompt. */
export type PromptAnswer =
  | { readonly kind: "input"; readonly text: string }
  /** Ctrl+C where nothing was typed. */
  | { readonly kind: "interrupt" }
  /** Ctrl+D where nothing was typed, or the terminal is gone. */
  | { readonly kind: "end" }
  /** The process is asked to end. */
  | { readonly kind: "terminated" };

/** What Tab does. */
export interface TabAnswer {
  /** Where that begins which `insert` takes the place of; it ends at the cursor. */
  readonly from: number;
  /** Absent when nothing is certain. */
  readonly insert?: string;
  /** What is shown below the input, safe for a terminal, when nothing is put in. */
  readonly menu: readonly string[];
}

/** What the editor asks of the shell. */
export interface EditorQuestions {
  /** Earlier inputs, newest first. */
  readonly history: () => readonly string[];
  /** How the text may go on at the cursor. Runs nothing of the user's. */
  readonly complete: (text: string, cursor: number) => TabAnswer | Promise<TabAnswer>;
  /** Whether Enter ends the input, or begins another line of it. */
  readonly isComplete: (text: string) => boolean | Promise<boolean>;
}
