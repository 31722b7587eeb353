import { stripVTControlCharacters } from "node:util";
import type { OutputStream } from "../../terminal/output.ts";
import type { TerminalTraits } from "../../terminal/terminal-traits.ts";
import { textWidth } from "../../terminal/width.ts";
import type { DrawnPrompt } from "./draw.ts";

/** The end of a terminal, where a prompt is drawn again and again in place. */
export interface PromptScreen {
  /** Draws it in place of what was drawn before. What is final stays, and the cursor goes below it. */
  draw(drawn: DrawnPrompt, final: boolean): void;
  /** Takes away what was drawn. */
  erase(): void;
  /** Clears the whole screen. */
  clear(): void;
}

type Shown = Pick<DrawnPrompt, "lines" | "cursorRow" | "cursorColumn">;

const nothing: Shown = { lines: [], cursorRow: 0, cursorColumn: 0 };

/**
 * Makes it. Each drawing is one write, so that nothing of what lies between is seen. How many rows stand above the cursor is counted by
 * the width the terminal has when they are taken away: one that breaks lines anew may have been made narrower.
 */
export function createPromptScreen(
  output: OutputStream,
  { reflows }: Pick<TerminalTraits, "reflows">,
): PromptScreen {
  let shown = nothing;
  const erased = (): string => {
    const rows = Math.min(
      reflows ? rowsAbove(shown, output.columns || 80) : shown.cursorRow,
      (output.rows || 24) - 1,
    );
    shown = nothing;
    return `${rows > 0 ? `\u001b[${rows}A` : ""}\r\u001b[J`;
  };
  return {
    draw(drawn, final) {
      const text = erased() + drawn.lines.join("\r\n");
      if (final) return void output.write(`${text}\r\n`);
      shown = drawn;
      const up = drawn.lines.length - 1 - drawn.cursorRow;
      const right = drawn.cursorColumn;
      output.write(`${text}${up > 0 ? `\u001b[${up}A` : ""}\r${right > 0 ? `\u001b[${right}C` : ""}`);
    },
    erase: () => void output.write(erased()),
    clear() {
      shown = nothing;
      output.write("\u001b[H\u001b[2J");
    },
  };
}

/** Rows above the cursor where lines were broken anew at a width. */
function rowsAbove({ lines, cursorRow, cursorColumn }: Shown, columns: number): number {
  const rows = lines.slice(0, cursorRow).map((line) => {
    return Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns));
  });
  return rows.reduce((sum, count) => sum + count, Math.floor(cursorColumn / columns));
}
