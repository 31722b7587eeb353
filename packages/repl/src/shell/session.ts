import { type ExitCode, isSampanError, type JsonObject } from "@sampan/core";
import type { Plan, RunHandle } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import type { CommandEntry } from "../command-entry.ts";
import { printError } from "../render/print-error.ts";
import type { Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Engine } from "./engine.ts";
import type { HistoryFile } from "./history-file.ts";
import type { Job, Jobs } from "./jobs.ts";
import type { LineEditor } from "./line-editor/line-editor.ts";
import type { Pager } from "./views/pager.ts";

/** The world of the shell: what a command gets, and an environment that `:cloud` and `:profile` may change. */
export interface ShellCall extends CommandCall {
  readonly env: Record<string, string | undefined>;
  readonly stdin: NodeJS.ReadStream;
  readonly commands: readonly CommandEntry[];
  readonly runCommand: (argv: readonly string[]) => Promise<ExitCode>;
}

/** What is there only where a person types. */
export interface Terminal {
  readonly editor: LineEditor;
  readonly history: HistoryFile;
  /** Runs that are being watched, or were: their end needs no announcement. */
  readonly watched: Set<Job>;
}

/** A shell that is open. */
export interface ShellSession {
  readonly call: ShellCall;
  readonly output: Output;
  readonly engine: () => Promise<Engine>;
  readonly jobs: Jobs;
  readonly pager: Pager;
  /** `null` for a script. */
  readonly terminal: Terminal | null;
  /** The plan that was made or shown last. */
  lastPlan: Plan | null;
  /** Number of the input that is next, or is being evaluated. */
  number: number;
}

/** A session somebody types in. */
export type TypedSession = ShellSession & { readonly terminal: Terminal };

/** True for a run that was started: it can be watched, cancelled and waited for. */
export function isRun(value: unknown): value is RunHandle<JsonObject> {
  return (
    typeof value === "object" &&
    value !== null &&
    "events" in value &&
    "cancel" in value &&
    "then" in value &&
    typeof (value as { readonly id?: unknown }).id === "string"
  );
}

/** Tells errors of ours as everywhere, those of what was typed by their own words; gives the exit code they stand for. */
export function sayError({ output }: Pick<ShellSession, "output">, error: unknown): ExitCode {
  if (isSampanError(error) || output.asJson) return printError(output, error);
  output.alert(output.talkColours.red(plainText(thrownText(error))));
  return 1;
}

/** What was thrown, in a line. */
export function thrownText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
}
