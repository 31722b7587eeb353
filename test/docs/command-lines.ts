import type { Page } from "./pages.ts";
import { blocksOf } from "./pages.ts";

/** A line of a document that somebody may type. */
export interface CommandLine {
  readonly page: string;
  readonly line: number;
  /** What stands behind `sampan`. */
  readonly words: readonly string[];
}

const languages = new Set(["", "sh", "bash", "console", "text", "powershell"]);

/** Every `sampan …` in the fenced blocks of a page, but for the prompt of the shell. */
export function commandLinesOf({ path, text }: Page): readonly CommandLine[] {
  return blocksOf(text)
    .filter((block) => languages.has(block.language))
    .flatMap((block) =>
      block.text.split("\n").flatMap((line, index) => {
        // `sampan [2] rehearsal …>` is the prompt of the shell.
        const typed = /^\s*(?:\$ )?(?:npx )?sampan(?:$|\s+(?!\[\d)(.*)$)/.exec(line);
        if (typed === null) return [];
        return [{ page: path, line: block.line + index + 1, words: shellWords(typed[1] ?? "") }];
      }),
    );
}

/**
 * Cuts a line into words as a shell does, up to a pipe, a redirection, a comment, or the column in which a page explains it. Only what
 * documents need: quotes, no variables.
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /(\s*)((?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+)/gy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const [, space = "", word = ""] = match;
    if (/^(?:#|\||>|<|&&|;|2>)/.test(word) || (words.length > 0 && space.length >= 3)) break;
    words.push(
      word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single, double) => single ?? unescaped(double)),
    );
  }
  return words;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}
