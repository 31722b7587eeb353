import type { EditName } from "./edit-text.ts";

/** A key as Node tells it. */
export interface PressedKey {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** What a key does besides editing. */
export type KeyAction =
  | EditName
  | "submit"
  | "newLine"
  | "complete"
  | "historyUp"
  | "historyDown"
  | "search"
  | "searchNewer"
  | "interrupt"
  | "background"
  | "endOrDelete"
  | "clearScreen"
  | "escape";

const actions: Readonly<Record<string, KeyAction>> = {
  left: "left",
  right: "right",
  home: "lineStart",
  end: "lineEnd",
  up: "historyUp",
  down: "historyDown",
  backspace: "deleteLeft",
  delete: "deleteRight",
  return: "submit",
  enter: "submit",
  tab: "complete",
  escape: "escape",
  "ctrl+left": "wordLeft",
  "ctrl+right": "wordRight",
  "ctrl+a": "lineStart",
  "ctrl+b": "left",
  "ctrl+c": "interrupt",
  "ctrl+d": "endOrDelete",
  "ctrl+e": "lineEnd",
  "ctrl+f": "right",
  "ctrl+g": "escape",
  "ctrl+h": "deleteLeft",
  "ctrl+k": "cutToEnd",
  "ctrl+l": "clearScreen",
  "ctrl+n": "historyDown",
  "ctrl+p": "historyUp",
  "ctrl+r": "search",
  "ctrl+s": "searchNewer",
  "ctrl+u": "cutToStart",
  "ctrl+w": "cutWordLeft",
  "ctrl+y": "yank",
  "ctrl+z": "background",
  "ctrl+_": "undo",
  "meta+b": "wordLeft",
  "meta+f": "wordRight",
  "meta+d": "cutWordRight",
  "meta+left": "wordLeft",
  "meta+right": "wordRight",
  "meta+backspace": "cutWordLeft",
  "meta+return": "newLine",
  "meta+enter": "newLine",
  "meta+escape": "escape",
};

/** What a key does; `null` for one that stands for its text, or for nothing. Pure. */
export function actionOf(key: PressedKey): KeyAction | null {
  // Terminals send it in two ways, and Node names neither.
  if (key.sequence === "\u001f") return "undo";
  const name = `${key.ctrl ? "ctrl+" : ""}${key.meta ? "meta+" : ""}${key.name ?? ""}`;
  return Object.hasOwn(actions, name) ? (actions[name] ?? null) : null;
}

/** The text a key types; empty for keys that type nothing. Pure. */
export function textOf(typed: string | undefined, key: PressedKey): string {
  if (key.ctrl || key.meta || typed === undefined) return "";
  // Escape sequences of keys without a use here are no text.
  return typed.startsWith("\u001b") ? "" : typed;
}
