import type { CommandFunction } from "./command-call.ts";
import type { NameKind, OptionEntry } from "./command-options.ts";

/** One command: what help, parsing and later completion know of it. */
export interface CommandEntry {
  /** What is typed behind `sampan`: a word, or two of which the first is that of a group. */
  readonly name: string;
  /** Arguments as commander writes them: `<plan>`, `[id]`. */
  readonly usage: string;
  readonly summary: string;
  /** What the help says below the summary. */
  readonly details?: string;
  readonly options: readonly OptionEntry[];
  readonly examples: readonly string[];
  /** What an argument, by its name in `usage`, may be. What the name does not tell is left out. */
  readonly values?: Readonly<Record<string, readonly string[] | NameKind>>;
  /** True for one that runs the code of a plan: it runs a project's settings too where those compute. */
  readonly executesPlan?: boolean;
  /** True for one that tells of broken settings itself. */
  readonly bearsBrokenSettings?: boolean;
  /** True for one whose code asks the variables of this process: settings are put there. */
  readonly settlesProcess?: boolean;
  /** True for what programs call, and help does not list. */
  readonly hidden?: boolean;
  /** Loads the command's own code, and nothing of any other. */
  readonly load: () => Promise<{ readonly run: CommandFunction }>;
}
