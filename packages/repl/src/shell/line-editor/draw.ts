import { textWidth } from "../../terminal/width.ts";

/** What stands on the screen while an input is typed. */
export interface PromptPicture {
  /** Lines above the prompt, each already fitted to the screen. */
  readonly above: readonly string[];
  /** Before the first line of the input; without colours. */
  readonly prompt: string;
  /** Before each further line of it; without colours. */
  readonly continuation: string;
  readonly text: string;
  /** Where the cursor stands in the text. */
  readonly cursor: number;
  /** Lines below the input, each already fitted to the screen. */
  readonly below: readonly string[];
  /** Cells of a line that are used. */
  readonly columns: number;
  /** Lines of the screen that may be used. */
  readonly rows: number;
  readonly paintPrompt: (text: string) => string;
}

/** Lines to write, and where the cursor goes. */
export interface DrawnPrompt {
  readonly lines: readonly string[];
  /** From the first line, and from the left. */
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Lays out the prompt, the input wrapped to the screen, and what is said above and below. Pure; no line is wider than the screen. */
export function drawPrompt(picture: PromptPicture): DrawnPrompt {
  const { above, below, text, cursor, columns, rows, paintPrompt } = picture;
  const lines: { text: string; width: number }[] = [];
  let cursorRow = 0;
  let cursorColumn = 0;
  let offset = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const before = index === 0 ? picture.prompt : picture.continuation;
    let current = { text: paintPrompt(before), width: textWidth(before) };
    const place = (): void => {
      cursorRow = lines.length;
      cursorColumn = current.width;
    };
    for (const character of line) {
      const width = textWidth(character);
      if (current.width + width > columns) {
        lines.push(current);
        current = { text: "", width: 0 };
      }
      if (offset === cursor) place();
      current = { text: current.text + character, width: current.width + width };
      offset += character.length;
    }
    if (offset === cursor) {
      // The cursor's own cell must be on the screen too.
      if (current.width >= columns) {
        lines.push(current);
        current = { text: "", width: 0 };
      }
      place();
    }
    lines.push(current);
    offset += 1;
  }
  const room = Math.max(1, rows - above.length - below.length);
  const first = Math.max(0, Math.min(cursorRow - Math.floor(room / 2), lines.length - room));
  const shown = lines.slice(first, first + room).map((line) => line.text);
  return {
    lines: [...above, ...shown, ...below],
    cursorRow: above.length + cursorRow - first,
    cursorColumn,
  };
}
