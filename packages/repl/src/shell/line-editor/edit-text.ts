/** A text that is being edited. Immutable: every edit gives a new one. */
export interface EditedText {
  readonly text: string;
  /** Where the next character goes, in UTF-16 units; never inside a character. */
  readonly cursor: number;
  /** What was cut last, for yanking. */
  readonly cut: string;
  /** Earlier texts, oldest first. */
  readonly undo: readonly { readonly text: string; readonly cursor: number }[];
}

/** One change of the text or of the cursor's place; `null` when there is nothing to do. Pure. */
export type Edit = (before: EditedText) => EditedText | null;

const mostUndo = 200;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A text with the cursor at its end, and nothing to undo. */
export function editedText(text: string, cut = ""): EditedText {
  return { text, cursor: text.length, cut, undo: [] };
}

/** Puts a text in at the cursor; of control characters only line feeds stay, tabs become two spaces. */
export function insert(typed: string): Edit {
  const plain = withoutControls(typed);
  return (before) => (plain === "" ? null : replaced(before, before.cursor, before.cursor, plain));
}

/** Puts a text in the place of what stands from there up to the cursor; as {@link insert}. */
export function replace(from: number, by: string): Edit {
  const plain = withoutControls(by);
  return (before) => replaced(before, Math.min(from, before.cursor), before.cursor, plain);
}

function withoutControls(text: string): string {
  return (
    text
      .replace(/\r\n?/g, "\n")
      .replaceAll("\t", "  ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves a terminal's cursor is no part of an input.
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "")
  );
}

/** Edits by their names in the table of keys. */
export const edits = {
  left: (before) => moved(before, before.cursor - lengthBefore(before)),
  right: (before) => moved(before, before.cursor + lengthAfter(before)),
  wordLeft: (before) => moved(before, wordStart(before)),
  wordRight: (before) => moved(before, wordEnd(before)),
  lineStart: (before) => moved(before, startOfLine(before)),
  lineEnd: (before) => moved(before, endOfLine(before)),
  lineUp: (before) => {
    const start = startOfLine(before);
    if (start === 0) return null;
    const above = before.text.lastIndexOf("\n", start - 2) + 1;
    return moved(before, Math.min(above + before.cursor - start, start - 1));
  },
  lineDown: (before) => {
    const end = endOfLine(before);
    if (end === before.text.length) return null;
    const column = before.cursor - startOfLine(before);
    const below = before.text.indexOf("\n", end + 1);
    return moved(before, Math.min(end + 1 + column, below < 0 ? before.text.length : below));
  },
  deleteLeft: (before) => replaced(before, before.cursor - lengthBefore(before), before.cursor, ""),
  deleteRight: (before) => replaced(before, before.cursor, before.cursor + lengthAfter(before), ""),
  cutToEnd: (before) => {
    const end = endOfLine(before);
    // At the end of a line its line feed goes, so that lines can be joined.
    return cut(before, before.cursor, end === before.cursor ? Math.min(end + 1, before.text.length) : end);
  },
  cutToStart: (before) => cut(before, startOfLine(before), before.cursor),
  cutWordLeft: (before) => cut(before, wordStart(before), before.cursor),
  cutWordRight: (before) => cut(before, before.cursor, wordEnd(before)),
  yank: (before) => (before.cut === "" ? null : replaced(before, before.cursor, before.cursor, before.cut)),
  undo: (before) => {
    const last = before.undo.at(-1);
    return last === undefined ? null : { ...before, ...last, undo: before.undo.slice(0, -1) };
  },
} as const satisfies Record<string, Edit>;

/** Name of an edit. */
export type EditName = keyof typeof edits;

function moved(before: EditedText, cursor: number): EditedText | null {
  return cursor === before.cursor ? null : { ...before, cursor };
}

function replaced(before: EditedText, from: number, to: number, by: string): EditedText | null {
  if (from === to && by === "") return null;
  const { text, cursor } = before;
  return {
    ...before,
    text: text.slice(0, from) + by + text.slice(to),
    cursor: from + by.length,
    undo: [...before.undo.slice(1 - mostUndo), { text, cursor }],
  };
}

function cut(before: EditedText, from: number, to: number): EditedText | null {
  const after = replaced(before, from, to, "");
  return after && { ...after, cut: before.text.slice(from, to) };
}

function startOfLine({ text, cursor }: EditedText): number {
  return text.lastIndexOf("\n", cursor - 1) + 1;
}

function endOfLine({ text, cursor }: EditedText): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

function wordStart({ text, cursor }: EditedText): number {
  return cursor - (/[\p{L}\p{N}_$]*[^\p{L}\p{N}_$]*$/u.exec(text.slice(0, cursor))?.[0].length ?? 0);
}

function wordEnd({ text, cursor }: EditedText): number {
  return cursor + (/^[^\p{L}\p{N}_$]*[\p{L}\p{N}_$]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
}

/** Length of what the eye takes as one character, so that the cursor never stands inside an emoji or beside its accent. */
function lengthBefore({ text, cursor }: EditedText): number {
  let length = 0;
  for (const { segment } of graphemes.segment(text.slice(Math.max(0, cursor - 32), cursor)))
    length = segment.length;
  return length;
}

function lengthAfter({ text, cursor }: EditedText): number {
  for (const { segment } of graphemes.segment(text.slice(cursor, cursor + 32))) return segment.length;
  return 0;
}
