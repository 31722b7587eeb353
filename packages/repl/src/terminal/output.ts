import type { Writable } from "node:stream";
import { translatedLines } from "../language/speech.ts";
import { type Colours, coloursFor, wantsColour } from "./colours.ts";
import { forcedTerminal } from "./forced-terminal.ts";
import { safeJson } from "./plain-text.ts";
import { type TerminalTraits, terminalTraits } from "./terminal-traits.ts";

/** A stream that may be a terminal. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What {@link createOutput} is made from. */
export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Where a command speaks: data on stdout, talk on stderr. */
export interface Output {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly asJson: boolean;
  readonly quiet: boolean;
  /** Colours of stdout. */
  readonly colours: Colours;
  /** Colours of stderr. */
  readonly talkColours: Colours;
  /** True when stderr is a terminal that can be redrawn and people are watching it. */
  readonly live: boolean;
  /** False where only ASCII is safe. */
  readonly unicode: boolean;
  /** What the terminal can do besides text; all false where stderr is none that people watch. */
  readonly traits: TerminalTraits;
  /** Cells in a line of stderr; 80 where the terminal does not say. */
  columns(): number;
  /** Lines of stderr's terminal; 24 where it does not say. */
  rows(): number;
  /** Prints data for people, or for a pipe; nothing under `--json`. */
  data(text: string): void;
  /** Prints one JSON value on one line. */
  json(value: unknown): void;
  /** Says something on stderr, in the language of this process where it is known; nothing when quiet. */
  talk(text: string): void;
  /** Says something on stderr even when quiet: errors. */
  alert(text: string): void;
}

/** Makes the output of a command. */
export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, env } = options;
  const asJson = options.json ?? false;
  const quiet = options.quiet ?? false;
  const forced = forcedTerminal(env);
  const isTty = (stream: OutputStream): boolean => forced.isTty ?? stream.isTTY === true;
  // A terminal of a build server is read later, as a log, and often none at all.
  const isWatched = forced.isTty ?? (stderr.isTTY === true && !isBuildServer(env));
  const live = isWatched && env.TERM !== "dumb" && !quiet && !asJson;
  const line = (stream: OutputStream, text: string): void =>
    void stream.write(text.endsWith("\n") ? text : `${text}\n`);
  return {
    stdout,
    stderr,
    asJson,
    quiet,
    colours: coloursFor(wantsColour({ env, isTty: isTty(stdout) })),
    talkColours: coloursFor(wantsColour({ env, isTty: isTty(stderr) })),
    live,
    unicode: speaksUnicode(env),
    traits: live ? terminalTraits(env) : { reflows: false, title: false, progress: false },
    columns: () => forced.columns ?? (stderr.columns || stdout.columns || positive(env.COLUMNS) || 80),
    rows: () => stderr.rows || positive(env.LINES) || 24,
    data: (text) => {
      if (!asJson) line(stdout, text);
    },
    json: (value) => line(stdout, safeJson(value)),
    talk: (text) => {
      if (!quiet) line(stderr, translatedLines(text));
    },
    alert: (text) => line(stderr, text),
  };
}

/** Whether the locale is one of UTF-8. Windows has none, and its terminals are. */
function speaksUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.TERM === "linux") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return locale === "" ? process.platform === "win32" : /utf-?8/i.test(locale);
}

function isBuildServer({ CI }: Readonly<Record<string, string | undefined>>): boolean {
  return CI !== undefined && CI !== "" && CI !== "0" && CI !== "false";
}

/** A number of a variable; `undefined` for none that makes sense: some systems set 0. */
function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
