import { textWidth } from "../../terminal/width.ts";
import { ghostInRow } from "./ghost.ts";
import type { Span, SpanKind, TypingLook } from "./prompt-look.ts";

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
  /** Pieces of the text that have a colour, in order and apart from each other. */
  readonly spans: readonly Span[];
  /** What is offered behind the text; only with the cursor at its end. */
  readonly ghost: string;
  /** `null` shows the text as it is, and offers nothing. */
  readonly typing: Pick<TypingLook, "paint" | "more"> | null;
}

/** Lines to write, and where the cursor goes. */
export interface DrawnPrompt {
  readonly lines: readonly string[];
  /** From the first line, and from the left. */
  readonly cursorRow: number;
  readonly cursorColumn: number;
  /** Whether what is offered is seen, be it cut: where there is no room it is not. */
  readonly showsGhost: boolean;
}

/** Lays out the prompt, the input wrapped to the screen, and what is said above and below. Pure; no line is wider than the screen. */
export function drawPrompt(picture: PromptPicture): DrawnPrompt {
  const { above, below, text, cursor, columns, rows, paintPrompt, typing } = picture;
  const lines: string[] = [];
  const row = createRow(typing);
  const kindAt = kindsOf(typing === null ? [] : picture.spans);
  let cursorRow = 0;
  let cursorColumn = 0;
  let showsGhost = false;
  let offset = 0;
  const wrap = (): void => void lines.push(row.end());
  const place = (): void => {
    cursorRow = lines.length;
    cursorColumn = row.width();
  };
  for (const [index, line] of text.split("\n").entries()) {
    const before = index === 0 ? picture.prompt : picture.continuation;
    row.begin(paintPrompt(before), textWidth(before));
    for (const character of line) {
      const width = textWidth(character);
      if (row.width() + width > columns) wrap();
      if (offset === cursor) place();
      row.add(character, width, kindAt(offset));
      offset += character.length;
    }
    if (offset === cursor) {
      // The cursor's own cell must be on the screen too.
      if (row.width() >= columns) wrap();
      place();
    }
    if (typing !== null && offset === text.length && offset === cursor) {
      const shown = ghostInRow(picture.ghost, columns - row.width(), typing.more);
      showsGhost = shown !== "";
      row.add(shown, textWidth(shown), "ghost");
    }
    wrap();
    offset += 1;
  }
  const room = Math.max(1, rows - above.length - below.length);
  const first = Math.max(0, Math.min(cursorRow - Math.floor(room / 2), lines.length - room));
  return {
    lines: [...above, ...lines.slice(first, first + room), ...below],
    cursorRow: above.length + cursorRow - first,
    cursorColumn,
    showsGhost,
  };
}

type CellKind = SpanKind | "ghost" | null;

/** Gives the kind of each place in a text; to be asked for them in order. */
function kindsOf(spans: readonly Span[]): (offset: number) => CellKind {
  let at = 0;
  return (offset) => {
    let span = spans[at];
    while (span !== undefined && span.end <= offset) span = spans[++at];
    return span !== undefined && span.start <= offset ? span.kind : null;
  };
}

/** A row that is being filled; what is of one kind is painted together. */
function createRow(typing: PromptPicture["typing"]) {
  let [painted, run, kind, cells] = ["", "", null as CellKind, 0];
  const flush = (): void => {
    painted += run === "" || kind === null || typing === null ? run : typing.paint(kind, run);
    run = "";
  };
  return {
    width: () => cells,
    begin(text: string, width: number): void {
      [painted, cells] = [text, width];
    },
    add(text: string, width: number, itsKind: CellKind): void {
      if (itsKind !== kind) flush();
      kind = itsKind;
      run += text;
      cells += width;
    },
    /** Gives it, and goes on with an empty one. */
    end(): string {
      flush();
      const text = painted;
      [painted, cells] = ["", 0];
      return text;
    },
  };
}
