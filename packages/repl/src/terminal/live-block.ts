import type { OutputStream } from "./output.ts";
import { textWidth } from "./width.ts";

/** A few lines at the end of a terminal that are drawn again and again, in place. */
export interface LiveBlock {
  /** Draws these lines in place of those drawn before; none may be wider than the terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the lines away, so that others can be written where they were. */
  clear(): void;
  /** Takes the lines away and gives the terminal back. */
  end(): void;
}

/** What {@link createLiveBlock} needs besides the stream. */
export interface LiveBlockOptions {
  readonly columns: () => number;
  readonly rows: () => number;
  /** Whether the terminal breaks lines anew when it is made narrower; they are cut off otherwise. */
  readonly reflows: boolean;
}

const esc = "\u001b";
const hideCursor = `${esc}[?25l`;
const showCursor = `${esc}[?25h`;
const beginFrame = `${esc}[?2026h`;
const endFrame = `${esc}[?2026l`;
// This line, and those below it. Cleared at once from the upper left corner, tmux would keep all of them in its history.
const clearDown = `${esc}[2K${esc}[1B${esc}[J${esc}[1A`;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
const colours = /\u001b\[[0-9;]*m/g;

/**
 * Has a terminal's stream look at its size now. It does by itself on a signal, which comes late where this process was busy when the
 * window was changed, and what is taken away then would be counted by the old width.
 */
function lookAtSize(stream: OutputStream & { readonly _refreshSize?: () => void }): void {
  stream._refreshSize?.();
}

/**
 * Makes a block on a terminal. The cursor is hidden meanwhile, and shown again at the end or, when the process ends before, then.
 *
 * How many rows were drawn is counted by the width the terminal has when they are taken away: it may have been made narrower.
 */
export function createLiveBlock(stream: OutputStream, options: LiveBlockOptions): LiveBlock {
  let drawn: readonly string[] = [];
  let drawnText = "";
  let drawnColumns = 0;
  let isOpen = false;
  const onExit = (): void => void stream.write(showCursor);
  const open = (): string => {
    if (isOpen) return "";
    isOpen = true;
    process.once("exit", onExit);
    return hideCursor;
  };
  const erased = (): string => {
    lookAtSize(stream);
    const columns = options.columns();
    const rows = drawn.reduce((sum, line) => {
      const width = textWidth(line.replace(colours, ""));
      return sum + (options.reflows ? Math.max(1, Math.ceil(width / columns)) : 1);
    }, 0);
    drawn = [];
    drawnText = "";
    // What has scrolled out of the terminal cannot be reached.
    const up = Math.min(rows, options.rows() - 1);
    return up === 0 ? "" : `\r${esc}[${up}A${clearDown}`;
  };
  return {
    draw(lines) {
      const shown = lines.slice(Math.max(0, lines.length - (options.rows() - 1)));
      const text = shown.join("\n");
      if (text === drawnText && drawnColumns === options.columns()) return;
      const frame = `${open()}${beginFrame}${erased()}${text === "" ? "" : `${text}\n`}${endFrame}`;
      drawn = text === "" ? [] : shown;
      drawnText = text;
      drawnColumns = options.columns();
      stream.write(frame);
    },
    clear() {
      const text = erased();
      if (text !== "") stream.write(text);
    },
    end() {
      if (!isOpen) return;
      isOpen = false;
      process.off("exit", onExit);
      stream.write(`${erased()}${showCursor}`);
    },
  };
}
