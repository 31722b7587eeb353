import { textWidth } from "../../packages/repl/src/terminal/width.ts";
import type { TmuxScreen } from "./tmux.ts";

/** Someone at a terminal of any width, who reads past the breaks of lines. */
export interface Person {
  readonly screen: TmuxScreen;
  /** Types a line and Enter. */
  enter(line: string): Promise<void>;
  /** Types a text as it is, without Enter, and waits until it stands there: what comes faster is no typing. */
  write(text: string): Promise<void>;
  /** Presses keys as tmux names them. */
  press(...keys: readonly string[]): Promise<void>;
  /** Waits until this has come up since the last {@link begin}, spaces and breaks of lines aside, and gives what has. */
  sees(what: string | RegExp): Promise<string>;
  /** As {@link sees}, and waits for the prompt after it. */
  reads(what: string | RegExp): Promise<string>;
  /** Waits until a line is this and nothing else, and for the prompt after it. */
  answers(line: string): Promise<void>;
  /** Takes away what stands at the prompt. */
  clear(): Promise<void>;
  /** From here on only what comes up anew counts. */
  begin(): Promise<void>;
  /** Lines since the last {@link begin} that are wider than the screen, so that the terminal broke them; single words that are so long aside. */
  tooWide(): Promise<readonly string[]>;
  /** Lines since the last {@link begin} with characters that no terminal shows, or with what is left of an escape code. */
  broken(): Promise<readonly string[]>;
}

const squeezed = (text: string): string => text.replace(/\s+/g, "");

/** Puts someone before a screen; `prompt` is what a prompt ends with, `columns` how wide the screen is. */
export function person(screen: TmuxScreen, prompt: string, columns: number): Person {
  let before = "";
  let linesBefore = 0;
  const news = async (): Promise<string> => {
    const now = squeezed(await screen.read());
    let same = 0;
    while (same < before.length && now[same] === before[same]) same++;
    return now.slice(same);
  };
  const newLines = async () => (await screen.unbroken()).split("\n").slice(linesBefore);
  const patiently = async (isThere: () => Promise<boolean>, what: string | RegExp): Promise<void> => {
    const until = Date.now() + 40_000;
    while (!(await isThere())) {
      if (Date.now() > until) throw new Error(`never seen: ${what}\n${await screen.visible()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const waited = async (what: string | RegExp, atPrompt: boolean): Promise<string> => {
    const wanted = typeof what === "string" ? squeezed(what) : what;
    let text = "";
    await patiently(async () => {
      text = await news();
      const found = typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
      return found && (!atPrompt || text.endsWith(prompt));
    }, what);
    return text;
  };
  return {
    screen,
    async enter(line) {
      await screen.type("-l", line);
      await screen.type("Enter");
    },
    async write(text) {
      await screen.type("-l", text);
      await waited(text, false);
    },
    press: (...keys) => screen.type(...keys),
    sees: (what) => waited(what, false),
    reads: (what) => waited(what, true),
    answers: (line) =>
      patiently(async () => {
        const lines = await newLines();
        return lines.includes(line) && (lines.at(-1) ?? "").endsWith(prompt);
      }, line),
    async clear() {
      await screen.type("C-u");
      await patiently(async () => (await screen.read()).endsWith(prompt), prompt);
    },
    async begin() {
      before = squeezed(await screen.read());
      linesBefore = (await screen.unbroken()).split("\n").length;
    },
    tooWide: async () =>
      (await newLines()).filter((line) => textWidth(line) > columns && line.trim().includes(" ")),
    broken: async () => (await newLines()).filter((line) => /\p{Cc}|\[[\d;]+[mK]/u.test(line)),
  };
}
