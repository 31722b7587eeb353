import { type ChildProcess, spawn } from "node:child_process";
import type { ErrorRecord } from "@sampan/core";
import type { FoundProgram } from "./find-program.ts";
import { createJsonLines } from "./json-lines.ts";

/** How a call of `sampan` ended. */
export interface CallResult {
  readonly exitCode: number;
  /** What it printed, each line that is JSON. */
  readonly values: readonly unknown[];
  readonly stdout: string;
  readonly stderr: string;
}

/** What `sampan` said went wrong, or why it could not be started. */
export class ProgramError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly record: ErrorRecord | null;
  constructor(code: string, message: string, hint: string, record: ErrorRecord | null = null) {
    super(message);
    this.name = "ProgramError";
    this.code = code;
    this.hint = hint;
    this.record = record;
  }
}

/** Where and how `sampan` is started. */
export interface CallOptions {
  readonly cwd: string;
  readonly signal?: AbortSignal;
  /** Written to its standard input, which then ends. Never part of a message or a log. */
  readonly input?: string;
  /** Called for each JSON value as it is printed, for programs that go on for long. */
  readonly onValue?: (value: unknown) => void;
}

// More than any answer needs; a program that says more is not the one we know.
const mostOutput = 64 * 1024 * 1024;

/**
 * Starts `sampan` with these arguments, never through a shell, and waits until it has ended.
 *
 * @throws `ProgramError` when it cannot be started. An exit code that is not 0 is an answer, no error.
 */
export function callProgram(
  program: FoundProgram,
  args: readonly string[],
  options: CallOptions,
): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program.command, [...program.args, ...args], {
        cwd: options.cwd,
        env: { ...process.env, ...program.env },
        stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        windowsHide: true,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      reject(notStarted(program, error));
      return;
    }
    // One that ends without reading what it was given says by its exit code what was wrong.
    child.stdin?.on("error", () => {}).end(options.input);
    const values: unknown[] = [];
    let stdout = "";
    let stderr = "";
    const lines = createJsonLines((value) => {
      if (options.onValue === undefined) values.push(value);
      else options.onValue(value);
    });
    child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
      // Of a stream that is followed nothing is kept.
      if (options.onValue === undefined) stdout += piece;
      if (stdout.length > mostOutput) child.kill();
      try {
        lines.push(piece);
      } catch (error) {
        // A value that its reader cannot take, of a program that is not the one we know.
        child.kill();
        reject(error);
      }
    });
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
      stderr = (stderr + piece).slice(-64 * 1024);
    });
    child.once("error", (error) => reject(notStarted(program, error)));
    child.once("close", (code) => {
      lines.end();
      resolve({ exitCode: code ?? 130, values, stdout, stderr });
    });
  });
}

/**
 * As {@link callProgram}, for commands that print one JSON value.
 *
 * @throws `ProgramError` with the code, message and hint that `sampan` printed.
 */
export async function askProgram<T>(
  program: FoundProgram,
  args: readonly string[],
  options: CallOptions,
): Promise<T> {
  const result = await callProgram(program, args, options);
  const error = result.values.find(isErrorRecord);
  if (error !== undefined) throw new ProgramError(error.code, error.message, error.hint, error);
  const value = result.values.at(-1);
  if (value === undefined) {
    throw new ProgramError(
      "COMMAND_USAGE",
      `\`sampan ${args[0] ?? ""}\` ended with exit code ${result.exitCode} and said: ${result.stderr.trim().split("\n").at(-1) ?? ""}`,
      "",
    );
  }
  return value as T;
}

/** True for the line of `--json` that says what went wrong. */
export function isErrorRecord(value: unknown): value is ErrorRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    value.type === "error" &&
    "code" in value
  );
}

function notStarted(program: FoundProgram, error: unknown): ProgramError {
  if (error instanceof Error && error.name === "AbortError")
    return new ProgramError("ABORTED", "stopped", "");
  return new ProgramError(
    "PROGRAM_NOT_STARTED",
    `starting ${program.command}: ${error instanceof Error ? error.message : String(error)}`,
    "",
  );
}
