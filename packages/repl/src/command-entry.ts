import type { CommandFunction } from "./command-call.ts";
import type { OptionEntry } from "./command-options.ts";

/** One command: what help, parsing and later completion know of it. */
export interface CommandEntry {
  readonly name: string;
  /** Arguments as commander writes them: `<plan>`, `[id]`. */
  readonly usage: string;
  readonly summary: string;
  /** What the help says below the summary. */
  readonly details?: string;
  readonly options: readonly OptionEntry[];
  readonly examples: readonly string[];
  /** Loads the command's own code, and nothing of any other. */
  readonly load: () => Promise<{ readonly run: CommandFunction }>;
}
