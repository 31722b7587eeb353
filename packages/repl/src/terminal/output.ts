import type { Writable } from "node:stream";
import { translatedLines } from "../language/speech.ts";
import { type Colours, coloursFor, wantsColour } from "./colours.ts";
import { safeJson } from "./plain-text.ts";

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
  /** Cells in a line of stderr; 80 where the terminal does not say. */
  columns(): number;
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
  const line = (stream: OutputStream, text: string): void =>
    void stream.write(text.endsWith("\n") ? text : `${text}\n`);
  return {
    stdout,
    stderr,
    asJson,
    quiet,
    colours: coloursFor(wantsColour({ env, isTty: stdout.isTTY === true })),
    talkColours: coloursFor(wantsColour({ env, isTty: stderr.isTTY === true })),
    live: stderr.isTTY === true && env.TERM !== "dumb" && !quiet && !asJson,
    unicode: speaksUnicode(env),
    columns: () => stderr.columns || stdout.columns || 80,
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

function speaksUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return env.TERM !== "linux" && !/^(C|POSIX)$/.test(locale);
}
