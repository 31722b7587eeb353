import { setTimeout as pause } from "node:timers/promises";
import { firstWords } from "../command-groups.ts";
import type { Completion as WordCompletion } from "../completion/complete-words.ts";
import { say, translated } from "../language/speech.ts";
import { listCandidates } from "./completion/list-candidates.ts";
import { matchCandidates } from "./completion/match.ts";
import type { ShellCompleter } from "./completion/shell-completer.ts";
import type { Candidate, Completion } from "./completion/world.ts";
import type { TabAnswer } from "./line-editor/prompt-look.ts";
import type { ShellSession } from "./session.ts";
import { clouds } from "./shell-context.ts";

/** What Tab asks, and what is to be told when an input has been dealt with. */
export interface Completer {
  complete(text: string, cursor: number): Promise<TabAnswer>;
  /** What an input may have changed is read anew, behind; to be called once it has been dealt with. */
  refresh(): void;
  close(): void;
}

type Completed = Pick<Completion, "from" | "insert" | "candidates" | "hint" | "match" | "note">;

const mostLines = 24;
const firstLookMs = 500;

/** Completes what is typed at the prompt: commands behind a colon, else code. Evaluates nothing, waits for no cloud. */
export function createCompleter(session: () => ShellSession): Completer {
  let code: ShellCompleter | undefined;
  let firstLook: Promise<void> | undefined;
  const ofCode = async (): Promise<ShellCompleter> => {
    const { call, engine } = session();
    const [{ evaluator }, { createCompleter: make }, { createSurroundings }] = await Promise.all([
      engine(),
      import("./completion/shell-completer.ts"),
      import("./completion/surroundings.ts"),
    ]);
    if (code === undefined) {
      const surroundings = createSurroundings({ env: call.env, cwd: call.cwd });
      code = make({ cwd: call.cwd, variables: () => evaluator.outlines(), surroundings });
      // What lies around is known at the first Tab already, unless it takes long to read.
      firstLook = Promise.race([surroundings.refresh(), pause(firstLookMs, undefined, { ref: false })]);
    }
    await firstLook;
    return code;
  };
  return {
    async complete(text, cursor) {
      const before = text.slice(0, cursor);
      const completed = /^\s*:[^\n]*$/.test(before)
        ? await completeCommand(session(), before)
        : await (await ofCode()).complete(text, cursor);
      return tabAnswer(completed, session());
    },
    refresh: () =>
      void ofCode().then(
        (made) => made.refresh(),
        () => undefined,
      ),
    close: () => code?.close(),
  };
}

function tabAnswer(completed: Completed, { output }: ShellSession): TabAnswer {
  const { from, insert, candidates, hint } = completed;
  if (insert !== undefined) return { from, insert, menu: [] };
  if (candidates.length < 2 && hint === undefined) return { from, menu: [] };
  const rows = output.stderr.rows ?? 24;
  const menu = listCandidates(completed, {
    columns: output.columns() - 1,
    mostLines: Math.max(4, Math.min(mostLines, rows - 3)),
    unicode: output.unicode,
    faint: (text) => text,
  });
  return { from, menu };
}

async function completeCommand(session: ShellSession, before: string): Promise<Completed> {
  const words = before.trimStart().slice(1).split(/\s+/);
  const begun = words.at(-1) ?? "";
  const at = before.length - begun.length;
  // Of `--out=FILE` the file.
  const path = begun.replace(/^--[a-z-]+=/, "");
  const { candidates, paths } = await commandCompletion(session, words);
  const { from = at, candidates: offered } =
    candidates.length > 0 || paths === "none"
      ? { candidates }
      : await pathOffer(path, before.length - path.length, session.call.cwd, paths);
  return { from, hint: undefined, note: undefined, ...matchCandidates(before.slice(from), offered) };
}

/** Paths of this machine; a word is cut at spaces, so that names with some are left out. */
async function pathOffer(
  typed: string,
  at: number,
  cwd: string,
  paths: "files" | "folders",
): Promise<{ readonly from?: number; readonly candidates: readonly Candidate[] }> {
  const [{ pathCandidates }, { entriesOf }] = await Promise.all([
    import("./completion/path-candidates.ts"),
    import("./completion/folder-entries.ts"),
  ]);
  const { folder } = pathCandidates(typed, at, { cwd, folder: () => undefined }, "").wants ?? {};
  const entries = folder === undefined ? [] : await entriesOf(folder);
  const fitting = entries.filter(({ name, isFolder }) => !/\s/.test(name) && (isFolder || paths === "files"));
  return pathCandidates(typed, at, { cwd, folder: () => fitting }, "");
}

async function commandCompletion(session: ShellSession, words: readonly string[]): Promise<WordCompletion> {
  const [{ colonCommands }, { programCommands }, { completeWords }, { knownNames }] = await Promise.all([
    import("./commands/index.ts"),
    import("./commands/known-commands.ts"),
    import("../completion/complete-words.ts"),
    import("../completion/known-names.ts"),
  ]);
  const { call } = session;
  const commands = programCommands(session);
  const question = { env: call.env, cwd: call.cwd };
  const only = (candidates: readonly Candidate[]): WordCompletion => ({ candidates, paths: "none" });
  if (words.length === 1) {
    // A command of the shell hides that of the program of the same name.
    const byName = new Map([
      ...firstWords(commands).map(({ name, summary }) => [name, translated(summary)] as const),
      ...colonCommands.map(({ name, summary }) => [name, say(summary)] as const),
    ]);
    const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
    return only(sorted.map(([value, summary]) => ({ value, summary })));
  }
  const [name = ""] = words;
  if (name === "cloud") return only(clouds.map((value) => ({ value, summary: "" })));
  if (name === "profile" || name === "region") return only(knownNames(name, question));
  if (name === "save") return { candidates: [], paths: words.length === 2 ? "files" : "none" };
  return completeWords(commands, words, (kind) => knownNames(kind, question));
}
