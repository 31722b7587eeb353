import { say } from "../../language/speech.ts";
import type { OutputStream } from "../../terminal/output.ts";
import type { TerminalTraits } from "../../terminal/terminal-traits.ts";
import { fitText, textWidth } from "../../terminal/width.ts";
import { drawPrompt } from "./draw.ts";
import { type EditedText, editedText, edits, insert, replace } from "./edit-text.ts";
import { ghostFor, takeGhost } from "./ghost.ts";
import { createKeySource, type KeyEvent, type KeyInput } from "./key-source.ts";
import { actionOf, type KeyAction, textOf } from "./keys.ts";
import type { EditorQuestions, PromptAnswer, PromptLook } from "./prompt-look.ts";
import { createPromptScreen } from "./prompt-screen.ts";
import { emptySearch, type ReverseSearch, searchFor, searchOn } from "./reverse-search.ts";

/** Reads inputs from a terminal, with history, search, completion and several lines. */
export interface LineEditor {
  /** Shows a prompt and reads one input. What was typed ahead is taken first. */
  read(look: PromptLook): Promise<PromptAnswer>;
  /** Shows lines above the prompt for as long as they are not replaced; each is cut to the screen. */
  setStatus(lines: readonly string[]): void;
  /** Says something above the prompt, or simply says it while nothing is read. */
  say(speak: () => void): void;
  /** Lets somebody else read the terminal meanwhile. */
  lend<T>(work: () => Promise<T>): Promise<T>;
  /** As {@link LineEditor.lend}, for work that blocks: Ctrl+C is a signal meanwhile. */
  lendWhile<T>(work: () => T): T;
  /** Who hears of what breaks off while nothing is read; everything else waits for the next prompt. */
  whileBusy(hears: ((breaking: Breaking) => void) | null): void;
  /** Gives the terminal back. */
  close(): void;
}

/** Ctrl+C, Ctrl+Z, or the end: the terminal is gone, or the process is asked to end, and every prompt will say so from then on. */
export type Breaking = "interrupt" | "background" | "end";

/** Makes the editor of a terminal, and takes the terminal. */
export function createLineEditor(
  input: KeyInput,
  output: OutputStream,
  questions: EditorQuestions,
  traits: Pick<TerminalTraits, "reflows">,
): LineEditor {
  const waiting: KeyEvent[] = [];
  let status: readonly string[] = [];
  let menu: readonly string[] = [];
  let edited: EditedText = editedText("");
  let search: (ReverseSearch & { readonly before: EditedText }) | null = null;
  let place: { index: number; readonly typed: string } = { index: -1, typed: "" };
  let reading: { readonly look: PromptLook; readonly answer: (answer: PromptAnswer) => void } | null = null;
  let deciding = false;
  let ended: "end" | "terminated" | null = null;
  let hears: ((breaking: Breaking) => void) | null = null;
  // What stands behind the cursor on the screen, and so can be taken.
  let ghost = "";
  let isDue = false;

  const screen = createPromptScreen(output, traits);
  const write = (text: string): void => void output.write(text);
  const keys = createKeySource(input, write, (event) => {
    if (event.kind === "end" || event.kind === "terminated") {
      if (ended !== null) return;
      ended = event.kind;
    }
    waiting.push(event);
    if (reading === null) hearWaiting();
    else drain();
  });

  function columns(): number {
    // One cell stays free: some terminals wrap when the last one is written.
    return Math.max(10, (output.columns || 80) - 1);
  }

  /** Draws once what has come at once is dealt with: what is pasted without being marked so is drawn a screen at a time, not a key. */
  function drawSoon(): void {
    // What is taken must be what is seen.
    ghost = "";
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      if (isDue) draw();
    });
  }

  function draw(final = false): void {
    isDue = false;
    if (reading === null) return;
    const { look } = reading;
    const width = columns();
    const found = search === null ? "" : (questions.history()[search.index] ?? "");
    const failing = search !== null && search.query !== "" && search.index < 0;
    const isLong = edited.text.includes("\n");
    const wayOut = look.waysOut.find((text) => textWidth(text) <= width) ?? look.waysOut.at(-1) ?? "";
    const suggests = look.typing?.suggests === true && search === null && !final;
    const hint = suggests && menu.length === 0 ? questions.hint(edited.text, edited.cursor) : undefined;
    const below = final
      ? []
      : [...menu, ...(hint === undefined ? [] : [hint]), ...(isLong && search === null ? [wayOut] : [])];
    const text = search === null ? edited.text : found;
    const offered = suggests ? ghostHere() : "";
    const drawn = drawPrompt({
      above: final ? [] : status.map((line) => line),
      prompt:
        search === null
          ? look.prompt
          : `(${say(failing ? "shell.not-found" : "shell.search")}) ${search.query}: `,
      continuation: look.continuation,
      text,
      cursor: search === null ? edited.cursor : 0,
      below: below.map((line) => look.paintHint(fitText(line, width))),
      columns: width,
      rows: Math.max(3, (output.rows || 24) - 1),
      paintPrompt: look.paint,
      spans: look.typing === null ? [] : questions.highlight(text),
      ghost: offered,
      typing: look.typing,
    });
    ghost = drawn.showsGhost ? offered : "";
    screen.draw(drawn, final);
  }

  /** What the history has behind the text; nothing behind what was fetched from it, which is no text that is being typed. */
  function ghostHere(): string {
    const { text, cursor } = edited;
    if (cursor < text.length) return "";
    const entries = questions.history();
    return text === entries[place.index] ? "" : ghostFor(text, entries);
  }

  function answer(given: PromptAnswer): void {
    const { answer: give } = reading ?? {};
    if (given.kind !== "input") edited = { ...edited, cursor: edited.text.length };
    menu = [];
    draw(true);
    reading = null;
    give?.(given);
  }

  function drain(): void {
    while (reading !== null && !deciding) {
      const event = waiting.shift();
      if (event === undefined) return;
      menu = [];
      if (event.kind === "end" || event.kind === "terminated") answer({ kind: event.kind });
      else if (event.kind === "paste") {
        endSearch(true);
        // Copying a whole line takes its end along.
        apply(insert(event.text.replace(/[\r\n]+$/, "")));
      } else take(actionOf(event.key), textOf(event.typed, event.key));
    }
  }

  function apply(edit: (before: EditedText) => EditedText | null): boolean {
    const after = edit(edited);
    if (after !== null) edited = after;
    drawSoon();
    return after !== null;
  }

  function take(action: KeyAction | null, text: string): void {
    if (search !== null && takeInSearch(action, text)) return;
    const taken = takeGhost(ghost, action);
    if (taken !== null) {
      apply(taken);
      return;
    }
    switch (action) {
      case null:
        if (text !== "") apply(insert(text));
        break;
      case "submit":
        void submit();
        break;
      case "newLine":
        apply(insert("\n"));
        break;
      case "complete":
        void complete();
        break;
      case "historyUp":
        if (!apply(edits.lineUp)) recall(1);
        break;
      case "historyDown":
        if (!apply(edits.lineDown)) recall(-1);
        break;
      case "search":
        search = { ...emptySearch, before: edited };
        drawSoon();
        break;
      case "interrupt":
        if (edited.text === "") answer({ kind: "interrupt" });
        else drop();
        break;
      case "endOrDelete":
        if (edited.text === "") answer({ kind: "end" });
        else apply(edits.deleteRight);
        break;
      case "clearScreen":
        screen.clear();
        drawSoon();
        break;
      case "background":
        stopProcess();
        break;
      case "escape":
      case "searchNewer":
        drawSoon();
        break;
      default:
        apply(edits[action]);
    }
  }

  /** Leaves what is half typed: it stays on the screen, and the prompt begins anew. */
  function drop(): void {
    edited = { ...edited, cursor: edited.text.length };
    draw(true);
    edited = editedText("", edited.cut);
    place = { index: -1, typed: "" };
    drawSoon();
  }

  async function submit(): Promise<void> {
    deciding = true;
    let whole = true;
    try {
      whole = await questions.isComplete(edited.text);
    } finally {
      deciding = false;
    }
    if (reading === null) return;
    if (whole) {
      edited = { ...edited, cursor: edited.text.length };
      return answer({ kind: "input", text: edited.text });
    }
    const line = edited.text.slice(0, edited.cursor).split("\n").at(-1) ?? "";
    apply(insert(`\n${/^\s*/.exec(line)?.[0] ?? ""}`));
    drain();
  }

  async function complete(): Promise<void> {
    const before = edited.text.slice(0, edited.cursor);
    if ((before.split("\n").at(-1) ?? "").trim() === "") {
      apply(insert("  "));
      return;
    }
    deciding = true;
    try {
      const given = await questions.complete(edited.text, edited.cursor);
      if (given.insert === undefined) menu = given.menu;
      else edited = replace(given.from, given.insert)(edited) ?? edited;
    } catch {
      // What cannot be completed is not.
    } finally {
      deciding = false;
    }
    drawSoon();
    drain();
  }

  function recall(step: 1 | -1): void {
    const entries = questions.history();
    const typed = place.index < 0 ? edited.text : place.typed;
    const index = place.index + step;
    if (index < -1 || index >= entries.length) return;
    place = { index, typed };
    edited = editedText(index < 0 ? typed : (entries[index] ?? ""), edited.cut);
    drawSoon();
  }

  /** Takes a key while the history is searched; false for one that ends the search and means something besides. */
  function takeInSearch(action: KeyAction | null, text: string): boolean {
    if (search === null) return false;
    const entries = questions.history();
    const { before, query } = search;
    if (action === "escape" || action === "interrupt") endSearch(false);
    else if (action === "search") search = { ...searchOn(search, 1, entries), before };
    else if (action === "searchNewer") search = { ...searchOn(search, -1, entries), before };
    else if (action === "deleteLeft")
      search = { ...searchFor(emptySearch, query.slice(0, -1), entries), before };
    else if (action === null && text !== "") {
      search = { ...searchFor(search, query + text, entries), before };
    } else {
      endSearch(true);
      return false;
    }
    drawSoon();
    return true;
  }

  function endSearch(taken: boolean): void {
    if (search === null) return;
    const found = taken ? questions.history()[search.index] : undefined;
    edited = found === undefined ? search.before : editedText(found, edited.cut);
    search = null;
  }

  function stopProcess(): void {
    screen.erase();
    keys.give();
    process.once("SIGCONT", () => {
      keys.take();
      drawSoon();
    });
    process.kill(process.pid, "SIGTSTP");
  }

  /** A Ctrl+C that came before anybody listened for it is meant for what began meanwhile. */
  function hearWaiting(): void {
    const index = waiting.findIndex((event) => breaking(event) !== null);
    const key = index < 0 ? null : breaking(waiting[index]);
    if (hears === null || key === null) return;
    // What was typed before Ctrl+C was typed for what is being broken off.
    if (key === "background") waiting.splice(index, 1);
    else waiting.splice(0, index + 1);
    hears(key);
  }

  const onResize = (): void => drawSoon();
  output.on("resize", onResize);
  keys.take();
  return {
    read(look) {
      return new Promise((resolve) => {
        edited = editedText("", edited.cut);
        place = { index: -1, typed: "" };
        reading = { look, answer: resolve };
        draw();
        if (ended !== null && waiting.length === 0) answer({ kind: ended });
        else drain();
      });
    },
    setStatus(lines) {
      const fitted = lines.map((line) => fitText(line, columns()));
      if (fitted.length === status.length && fitted.every((line, index) => line === status[index])) return;
      status = fitted;
      drawSoon();
    },
    say(speak) {
      if (reading === null) return speak();
      screen.erase();
      speak();
      draw();
    },
    async lend(work) {
      keys.give();
      try {
        return await work();
      } finally {
        if (ended === null) keys.take();
      }
    },
    lendWhile: (work) => keys.lendSignals(work),
    whileBusy(listener) {
      hears = listener;
      if (listener !== null) queueMicrotask(hearWaiting);
    },
    close() {
      output.off("resize", onResize);
      keys.close();
    },
  };
}

/** How it breaks off what goes on while nothing is read; `null` for what waits for the next prompt. */
function breaking(event: KeyEvent | undefined): Breaking | null {
  if (event?.kind === "end" || event?.kind === "terminated") return "end";
  const action = event?.kind === "key" ? actionOf(event.key) : null;
  return action === "interrupt" || action === "background" ? action : null;
}
