import type { Interface } from "node:readline";
import type { Output } from "../../terminal/output.ts";
import { listCandidates } from "./list-candidates.ts";
import type { ShellCompleter } from "./shell-completer.ts";

type Answer = (error: null, result: [string[], string]) => void;

/** Tab for Node's readline. */
export interface ReadlineCompleter {
  /** The `completer` of an interface. */
  readonly completer: (line: string, answer: Answer) => void;
  /** Tells which interface it is; lists are written above its prompt. */
  attach(lines: Interface): void;
  /** What was typed in the lines before, of an input of several. */
  earlier: string;
}

/** A list takes no more lines than these, and leaves some of the screen. */
const mostLines = 24;

/** Lets readline put in what is certain, and lists the rest with what each stands for. */
export function readlineCompleter(completer: ShellCompleter, output: Output): ReadlineCompleter {
  let lines: Interface | undefined;
  const list = (shown: readonly string[]): void => {
    if (lines === undefined || shown.length === 0) return;
    // The cursor may stand in an upper row of a long line, and readline goes up by the rows above it when it draws again.
    const { rows: above } = lines.getCursorPos();
    const { cursor, line } = lines;
    const columns = output.stdout.columns || 80;
    const behind = Math.ceil((line.length - cursor) / columns);
    output.stdout.write(`${"\n".repeat(behind + 1)}${shown.join("\n")}\n${"\n".repeat(above)}`);
    lines.prompt(true);
  };
  const tab: ReadlineCompleter = {
    earlier: "",
    attach(attached) {
      lines = attached;
    },
    completer(line, answer) {
      const before = tab.earlier === "" ? line : `${tab.earlier}\n${line}`;
      const rest = lines?.line.slice(lines.cursor) ?? "";
      completer.complete(before + rest, before.length).then(
        (completion) => {
          const { from, insert } = completion;
          const isListed =
            insert === undefined && (completion.candidates.length > 1 || completion.hint !== undefined);
          answer(null, insert === undefined ? [[], ""] : [[insert], before.slice(from)]);
          if (!isListed) return;
          list(
            listCandidates(completion, {
              columns: output.stdout.columns || 80,
              mostLines: Math.max(4, Math.min(mostLines, (output.stdout.rows || 24) - 3)),
              unicode: output.unicode,
              faint: output.colours.dim,
            }),
          );
        },
        () => answer(null, [[], ""]),
      );
    },
  };
  return tab;
}
