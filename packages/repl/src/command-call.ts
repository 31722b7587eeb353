import type { ExitCode, JsonObject } from "@sampan/core";
import { SampanError } from "@sampan/core";
import type { AskSecret, CloudWishes, openHost, RunHandle, Runner } from "@sampan/sdk";
import type { CommandEntry } from "./command-entry.ts";
import type { PlanFile } from "./plan/load-plan.ts";
import type { LoadedSettings } from "./settings/load-settings.ts";
import type { Output } from "./terminal/output.ts";

/** Values of options as the command line gave them, by their long names in camel case. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** What opens the host of a source. */
export type OpenHost = typeof openHost;

/** What a detached runner brings to the command it runs, in place of a terminal. */
export interface DetachedCall {
  /** The plans as they were loaded by the process that had the terminal. */
  readonly files?: readonly PlanFile[];
  /** Gives the passwords that were asked for there. */
  readonly ask?: AskSecret;
  /** Told of each run, in the turn in which it is started. */
  readonly started: (runner: Runner, handle: RunHandle<JsonObject>) => void;
}

/** One call of a command: what was typed, and the world it runs in. */
export interface CommandCall {
  /** Arguments in order; `undefined` for an optional one that was left out; those of a list come last, one by one. */
  readonly args: readonly (string | undefined)[];
  readonly options: OptionValues;
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What opens hosts; another one is for tests. */
  readonly openHost?: OpenHost;
  /** What files of settings say of the account; a plan counts before it. */
  readonly configured?: CloudWishes["configured"];
  /** All settings, for a command that looks settings up; the error that they ended in, for one that bears it. */
  readonly settings?: LoadedSettings | SampanError;
  /** The commands of the program that the call came through. */
  readonly commands?: readonly CommandEntry[];
  /** Runs another command line of the program, in the same world. */
  readonly runCommand?: (argv: readonly string[]) => Promise<ExitCode>;
  /** Set in a detached runner only. */
  readonly detached?: DetachedCall;
}

/** What a command module exports as `run`. Errors are thrown; the result is the exit code. */
export type CommandFunction = (call: CommandCall) => Promise<ExitCode>;

/** A required argument, by position. */
export function argument(call: CommandCall, index: number): string {
  const value = call.args[index];
  if (value === undefined)
    throw new SampanError("COMMAND_USAGE", `argument ${index + 1} of the command is missing`);
  return value;
}

/** The value of an option that takes one; `undefined` when it was not given. */
export function optionText(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** The values of an option that may be given several times; empty when it was not given. */
export function optionList(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** Whether a switch was given. */
export function optionSet(options: OptionValues, name: string): boolean {
  return options[name] === true;
}
