import type { MessageKey } from "../../language/speech.ts";
import type { ShellSession } from "../session.ts";

/** What happens after a command of the shell. */
export type AfterCommand =
  | undefined
  /** A text is evaluated as though it had been typed. */
  | { readonly kind: "evaluate"; readonly text: string }
  | { readonly kind: "leave" };

/** Keys of what the commands of the shell do. */
export type ColonKey = Extract<MessageKey, `colon.${string}`>;

/** A command of the shell: it begins with a colon, so that nothing collides with a chain. */
export interface ColonCommand {
  readonly name: string;
  /** What stands behind it. */
  readonly usage: string;
  /** One sentence, in the imperative. */
  readonly summary: ColonKey;
  /** Errors are thrown. `words` are what stood behind the name, quotes taken off. */
  readonly run: (
    session: ShellSession,
    words: readonly string[],
    // biome-ignore lint/suspicious/noConfusingVoidType: a command that gives nothing goes on.
  ) => AfterCommand | Promise<AfterCommand | void> | void;
}
