/** What a piece of an input is, as far as it has a colour; `known` is what Sampan itself gives, `error` what cannot be right. */
export type SpanKind = "string" | "number" | "keyword" | "comment" | "known" | "command" | "error";

/** A piece of an input that has a colour. */
export interface Span {
  /** In UTF-16 units, as every place in a text. */
  readonly start: number;
  /** Where the next character stands. */
  readonly end: number;
  readonly kind: SpanKind;
}

/** How an input looks while it is typed, on a terminal with colours. */
export interface TypingLook {
  readonly paint: (kind: SpanKind | "ghost", text: string) => string;
  /** Stands for what is left out: one cell. */
  readonly more: string;
  /** Whether earlier inputs are offered behind the cursor, and below it how a call is written. */
  readonly suggests: boolean;
}

/** What a prompt says. All of it is safe for a terminal and without colours. */
export interface PromptLook {
  readonly prompt: string;
  /** Before every further line of an input. */
  readonly continuation: string;
  /** How to get out of an input of several lines, the longest text first: what fits the screen is said below it. */
  readonly waysOut: readonly string[];
  readonly paint: (text: string) => string;
  readonly paintHint: (text: string) => string;
  /**
   * `null` for answers to questions, and for terminals without colours, where what is offered could not be told from what is typed: the
   * input is shown as it is.
   */
  readonly typing: TypingLook | null;
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
  /** Pieces of a text that have a colour, in order and apart from each other. Asked at each key, and at once answered. */
  readonly highlight: (text: string) => readonly Span[];
  /** How the call is written in which the cursor stands, safe for a terminal and in one line. Asked at each key, and at once answered. */
  readonly hint: (text: string, cursor: number) => string | undefined;
}
