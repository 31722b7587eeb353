import { secretMark } from "@sampan/core";
import { plainText } from "../../terminal/plain-text.ts";
import { fitText, textWidth } from "../../terminal/width.ts";
import { type Edit, type EditedText, edits, insert } from "./edit-text.ts";
import type { KeyAction } from "./keys.ts";

const characters = new Intl.Segmenter();

/** Less of a text that does not fit says nothing. */
const leastCells = 4;

/**
 * Gives the rest of the newest input that begins with what is typed; empty when there is none. Inputs that a secret was taken out of
 * are passed over: they could be taken and evaluated with stars in its place. So are those with characters that would move the
 * cursor of a terminal. Pure.
 *
 * @param entries earlier inputs, newest first.
 */
export function ghostFor(text: string, entries: readonly string[]): string {
  if (text.trim() === "") return "";
  const fits = (entry: string): boolean => {
    if (entry.length <= text.length || !entry.startsWith(text)) return false;
    const rest = entry.slice(text.length);
    // What is a part of the last character that was typed would change it, and of a first line that is empty nothing is seen.
    if (
      characters.segment(entry).containing(text.length)?.index !== text.length ||
      rest.split("\n", 1)[0]?.trim() === ""
    )
      return false;
    return !entry.includes(secretMark) && !entry.includes("\t") && plainText(entry) === entry;
  };
  return entries.find(fits)?.slice(text.length) ?? "";
}

/**
 * What is shown of it in the cells that are left of the cursor's row: its first line, cut where it does not fit, with a sign that there is
 * more; empty where so few cells are left that it would say nothing. Pure.
 */
export function ghostInRow(ghost: string, cells: number, more: string): string {
  const [first = ""] = ghost.split("\n", 1);
  const line = first.length < ghost.length ? first + more : first;
  if (textWidth(line) <= cells) return line;
  return cells < leastCells ? "" : fitText(line, cells, more === "…");
}

/** What a key does to the text when a ghost stands behind the cursor; `null` for keys that mean something else. Pure. */
export function takeGhost(ghost: string, action: KeyAction | null): Edit | null {
  if (ghost === "") return null;
  if (action === "right" || action === "lineEnd") return insert(ghost);
  if (action !== "wordRight") return null;
  return (before) => {
    const whole: EditedText = { ...before, text: before.text + ghost };
    const end = edits.wordRight(whole)?.cursor ?? whole.text.length;
    return insert(whole.text.slice(before.cursor, end))(before);
  };
}
