import { completeInput } from "./complete-input.ts";
import type { SessionVariables } from "./session-values.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Completion, CompletionWorld } from "./world.ts";

/** What completion in a shell is made of. */
export interface CompleterOptions {
  readonly cwd: string;
  /** Variables of the session as they are now, looked at without being touched. */
  readonly variables: () => SessionVariables;
  readonly surroundings: Surroundings;
}

/** Completion as a line editor asks for it. */
export interface ShellCompleter {
  /**
   * How the input may go on at the cursor. Answers from memory; only a path that is being typed has its folder read first, of this
   * machine and no other.
   */
  complete(text: string, cursor: number): Promise<Completion>;
  /** To be called when an input has been dealt with: what it may have changed is read anew, behind. */
  refresh(): void;
  /** To be called when the shell is left. */
  close(): void;
}

const modules = ["sampan", "@sampan/sdk"];

/** Makes the completion of a shell. */
export function createCompleter(options: CompleterOptions): ShellCompleter {
  const { surroundings, cwd } = options;
  const worldNow = (): CompletionWorld => ({
    variables: options.variables(),
    names: surroundings.names,
    folder: surroundings.folder,
    modules,
    cwd,
    accountNamesAge: surroundings.accountNamesAge(),
  });
  return {
    async complete(text, cursor) {
      const completion = completeInput(text, cursor, worldNow());
      const { folder, accountNames } = completion.wants;
      if (accountNames === true) {
        surroundings.askAccount();
        // What is only now being asked for says so.
        if (completion.note === undefined) return completeInput(text, cursor, worldNow());
      }
      if (folder === undefined) return completion;
      await surroundings.look(folder);
      return completeInput(text, cursor, worldNow());
    },
    refresh: () => void surroundings.refresh(),
    close: surroundings.close,
  };
}
