import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { cancelledError, SampanError, shownArguments, throwIfCancelled } from "@sampan/core";
import { execa } from "execa";
import { plainText } from "./plain-text.ts";
import type { CommandOptions, CommandResult, RunningCommand } from "./shell.ts";

const defaultOutputBytes = 16 * 1024 * 1024;
const defaultTimeoutMs = 120_000;
const keptErrorBytes = 64 * 1024;

/** A program of this machine to be run, and how an error of it is told. */
export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
  /** Completes "running … on …": what people call the command and its host. */
  readonly title: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program of this machine to its end, within limits of time and output; a result, whatever its exit code.
 *
 * @throws `HOST_TOOL_MISSING` when there is no such program, `HOST_TIMEOUT`, `HOST_ANSWER_TOO_LONG`.
 */
export async function runProgram(call: ProgramCall, options: CommandOptions = {}): Promise<CommandResult> {
  return collectOutput(async (signal) => startProgram(call, signal), call.title, options);
}

/**
 * Lets a command that `start` starts run to its end, within the limits of {@link runProgram}; the time to start it counts. The
 * signal that `start` is given is the caller's, and aborts as well when the time is over.
 */
export async function collectOutput(
  start: (signal: AbortSignal) => Promise<RunningCommand>,
  title: string,
  options: CommandOptions,
): Promise<CommandResult> {
  const { input, signal, timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultOutputBytes } = options;
  const ending = new AbortController();
  const cancel = () => ending.abort(signal?.reason);
  throwIfCancelled(signal);
  signal?.addEventListener("abort", cancel, { once: true });
  let endedBy: SampanError | undefined;
  const end = (error: SampanError) => {
    endedBy ??= error;
    ending.abort(error);
  };
  const timer = setTimeout(() => {
    end(
      new SampanError("HOST_TIMEOUT", `running ${title}: no end after ${Math.round(timeoutMs / 1000)} s`, {
        retryable: true,
      }),
    );
  }, timeoutMs);
  try {
    const running = await start(ending.signal);
    // A program may end before it has read its input, which is no fault by itself.
    running.stdin.on("error", () => undefined);
    running.stdin.end(input ?? "");
    const parts: Uint8Array[] = [];
    let length = 0;
    running.stdout.on("data", (part: Uint8Array) => {
      length += part.length;
      if (length <= maxOutputBytes) parts.push(part);
      else {
        end(
          new SampanError(
            "HOST_ANSWER_TOO_LONG",
            `running ${title}: it says more than ${maxOutputBytes} bytes`,
          ),
        );
      }
    });
    const { exitCode, stderr } = await running.ended;
    if (endedBy !== undefined) throw endedBy;
    throwIfCancelled(signal);
    return { exitCode, stdout: Buffer.concat(parts), stderr };
  } catch (error) {
    throw endedBy ?? error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

/** How {@link startProgram} listens to what a program says to people. */
export interface ErrorListening {
  /** Is given what the program writes to its standard error, as it comes. */
  readonly onError?: (part: Buffer) => void;
  /** What was said up to this text and with it is left out of the result. */
  readonly errorsAfter?: string;
}

/** Starts a program of this machine with open pipes. A cancelled signal ends it. */
export function startProgram(
  call: ProgramCall,
  signal?: AbortSignal,
  listening: ErrorListening = {},
): RunningCommand {
  throwIfCancelled(signal);
  const child = execa(call.file, call.args, {
    buffer: false,
    reject: false,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    encoding: "buffer",
    stripFinalNewline: false,
    cleanup: true,
    forceKillAfterDelay: 2_000,
    ...(call.env === undefined ? {} : { env: call.env }),
  });
  Object.assign(child, { [shownArguments]: true });
  const errors: Buffer[] = [];
  let errorBytes = 0;
  child.stderr.on("data", (part: Buffer) => {
    if (errorBytes < keptErrorBytes) errors.push(part.subarray(0, keptErrorBytes - errorBytes));
    errorBytes += part.length;
    listening.onError?.(part);
  });
  const kill = () => {
    child.kill();
    // What it started itself may go on and hold the pipes, which nobody waits for any more.
    child.once("exit", () => {
      child.stdout.destroy();
      child.stderr.destroy();
    });
  };
  signal?.addEventListener("abort", kill, { once: true });
  const ended = child.then((result) => {
    signal?.removeEventListener("abort", kill);
    const stderr = plainText(textAfter(Buffer.concat(errors).toString("utf8"), listening.errorsAfter));
    if (result.exitCode !== undefined) return { exitCode: result.exitCode, stderr };
    if (signal?.aborted) throw cancelledError(signal.reason);
    if (result.signal !== undefined) return { exitCode: 128 + constants.signals[result.signal], stderr };
    throw new SampanError("HOST_TOOL_MISSING", `running ${call.title}: ${call.file} cannot be started`, {
      cause: result,
      details: { program: call.file, reason: result.code ?? null },
    });
  });
  // Who only streams may never ask how it ended.
  ended.catch(() => undefined);
  return { stdin: child.stdin as Writable, stdout: child.stdout as Readable, ended, kill };
}

function textAfter(text: string, mark: string | undefined): string {
  const at = mark === undefined ? -1 : text.indexOf(mark);
  return mark === undefined || at < 0 ? text : text.slice(at + mark.length);
}
