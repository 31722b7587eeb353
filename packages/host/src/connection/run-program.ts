import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { cancelledError, SampanError, throwIfCancelled } from "@sampan/core";
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
  const { input, signal, timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultOutputBytes } = options;
  const running = startProgram(call, signal);
  let endedBy: SampanError | undefined;
  const end = (error: SampanError) => {
    endedBy ??= error;
    running.kill();
  };
  const timer = setTimeout(() => {
    end(
      new SampanError(
        "HOST_TIMEOUT",
        `running ${call.title}: no end after ${Math.round(timeoutMs / 1000)} s`,
        {
          retryable: true,
        },
      ),
    );
  }, timeoutMs);
  try {
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
            `running ${call.title}: it says more than ${maxOutputBytes} bytes`,
          ),
        );
      }
    });
    const { exitCode, stderr } = await running.ended;
    if (endedBy !== undefined) throw endedBy;
    throwIfCancelled(signal);
    return { exitCode, stdout: Buffer.concat(parts), stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a program of this machine with open pipes. A cancelled signal ends it. */
export function startProgram(call: ProgramCall, signal?: AbortSignal): RunningCommand {
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
  const errors: Buffer[] = [];
  let errorBytes = 0;
  child.stderr.on("data", (part: Buffer) => {
    if (errorBytes < keptErrorBytes) errors.push(part.subarray(0, keptErrorBytes - errorBytes));
    errorBytes += part.length;
  });
  const kill = () => {
    child.kill();
  };
  signal?.addEventListener("abort", kill, { once: true });
  const ended = child.then((result) => {
    signal?.removeEventListener("abort", kill);
    const stderr = plainText(Buffer.concat(errors).toString("utf8"));
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
