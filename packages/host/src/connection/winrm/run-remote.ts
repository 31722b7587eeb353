import { SampanError, throwIfCancelled } from "@sampan/core";
import { attribute, child, children, invalidAnswer, textOf, type XmlElement } from "./answer.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import {
  action,
  commandBody,
  createBody,
  emptyBody,
  maxEnvelopeBytes,
  receiveBody,
  sendBody,
  terminateBody,
} from "./envelope.ts";

/** A program on the host. Its words go to the host as one line, and are made so that no line of them is read otherwise. */
export interface RemoteCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** What people call it. */
  readonly title: string;
  readonly input: Uint8Array;
}

/** What a program may use. */
export interface RemoteLimits {
  readonly timeoutMs: number;
  /** Of its output and of what it says to people, each, in bytes. */
  readonly maxOutputBytes: number;
  readonly maxErrorBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RemoteResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** How long the host holds a question for output back, in seconds. */
const receiveSeconds = 20;
const answerSeconds = 60;
const cleanUpSeconds = 10;
/** A shell nobody asks anything ends by itself, as after a lost connection. */
const idleSeconds = 300;
/** Base64 and the envelope around it stay below the largest envelope. */
const inputChunkBytes = Math.floor(((maxEnvelopeBytes - 8192) * 3) / 4);

/**
 * Runs a program in a shell of its own, which is deleted whatever happens: its input in pieces, its output as it comes.
 *
 * @throws `HOST_TIMEOUT`, `HOST_ANSWER_TOO_LONG` after having ended it, and what the connection throws.
 */
export async function runRemote(
  pool: ConnectionPool,
  command: RemoteCommand,
  limits: RemoteLimits,
): Promise<RemoteResult> {
  throwIfCancelled(limits.signal);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([limits.signal, deadline.signal]) : deadline.signal;
  try {
    return await inShell(pool, command, limits, signal);
  } catch (error) {
    if (deadline.signal.aborted && limits.signal?.aborted !== true) {
      throw new SampanError(
        "HOST_TIMEOUT",
        `running ${command.title} on ${pool.title}: no end after ${Math.round(limits.timeoutMs / 1000)} s`,
        { retryable: true },
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function inShell(
  pool: ConnectionPool,
  command: RemoteCommand,
  limits: RemoteLimits,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const created = await pool.ask(
    {
      action: action.create,
      options: { WINRS_NOPROFILE: "TRUE", WINRS_CODEPAGE: "65001" },
      timeoutSeconds: answerSeconds,
      body: createBody(idleSeconds),
    },
    signal,
  );
  const shellId = idOf(shellIdIn(created), "shell");
  let commandId: string | undefined;
  let done = false;
  try {
    const started = await pool.ask(
      {
        action: action.command,
        shellId,
        options: { WINRS_CONSOLEMODE_STDIN: "FALSE", WINRS_SKIP_CMD_SHELL: "FALSE" },
        timeoutSeconds: answerSeconds,
        body: commandBody(command.program, command.args),
      },
      signal,
    );
    commandId = idOf(textOf(child(child(started, "CommandResponse"), "CommandId")), "command");
    await sendInput(pool, shellId, commandId, command.input, signal);
    const result = await receiveAll(pool, shellId, commandId, command.title, limits, signal);
    done = true;
    return result;
  } finally {
    await leave(pool, shellId, done ? undefined : commandId);
  }
}

async function sendInput(
  pool: ConnectionPool,
  shellId: string,
  commandId: string,
  input: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  let at = 0;
  do {
    const part = input.subarray(at, at + inputChunkBytes);
    at += part.length;
    const answer = await pool.ask(
      {
        action: action.send,
        shellId,
        timeoutSeconds: answerSeconds,
        body: sendBody(commandId, part, at >= input.length),
      },
      signal,
    );
    if (answer === undefined) {
      throw new SampanError(
        "HOST_TIMEOUT",
        `running a program on ${pool.title}: it does not take its input`,
        {
          retryable: true,
        },
      );
    }
  } while (at < input.length);
}

async function receiveAll(
  pool: ConnectionPool,
  shellId: string,
  commandId: string,
  title: string,
  limits: RemoteLimits,
  signal: AbortSignal,
): Promise<RemoteResult> {
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  let outputBytes = 0;
  let errorBytes = 0;
  for (;;) {
    throwIfCancelled(signal);
    const answer = await pool.ask(
      { action: action.receive, shellId, timeoutSeconds: receiveSeconds, body: receiveBody(commandId) },
      signal,
    );
    if (answer === undefined) continue;
    const response = child(answer, "ReceiveResponse");
    for (const stream of children(response, "Stream")) {
      const bytes = Buffer.from(textOf(stream) ?? "", "base64");
      if (attribute(stream, "Name") === "stdout") {
        outputBytes += bytes.length;
        output.push(bytes);
      } else if (attribute(stream, "Name") === "stderr" && errorBytes < limits.maxErrorBytes) {
        errors.push(bytes.subarray(0, limits.maxErrorBytes - errorBytes));
        errorBytes += bytes.length;
      }
      if (outputBytes > limits.maxOutputBytes) {
        throw new SampanError(
          "HOST_ANSWER_TOO_LONG",
          `running ${title} on ${pool.title}: it says more than ${limits.maxOutputBytes} bytes`,
        );
      }
    }
    const state = child(response, "CommandState");
    if (attribute(state, "State")?.endsWith("/CommandState/Done") !== true) continue;
    const code = textOf(child(state, "ExitCode"));
    if (code === undefined || !/^-?\d{1,10}$/.test(code))
      throw invalidAnswer("a command ended without exit code");
    return { exitCode: Number(code), stdout: Buffer.concat(output), stderr: Buffer.concat(errors) };
  }
}

/** Ends a command that runs, and its shell. What fails here changes no result: the shell ends by itself when idle. */
async function leave(pool: ConnectionPool, shellId: string, commandId: string | undefined): Promise<void> {
  const common = { shellId, timeoutSeconds: cleanUpSeconds };
  const limit = AbortSignal.timeout(cleanUpSeconds * 1000);
  try {
    if (commandId !== undefined) {
      await pool.ask({ ...common, action: action.signal, body: terminateBody(commandId) }, limit);
    }
    await pool.ask({ ...common, action: action.delete, body: emptyBody }, limit);
  } catch {
    // Said above.
  }
}

function shellIdIn(body: XmlElement | undefined): string | undefined {
  const reference = child(child(body, "ResourceCreated"), "ReferenceParameters");
  const selectors = children(child(reference, "SelectorSet"), "Selector");
  const selector = selectors.find((one) => attribute(one, "Name")?.toLowerCase() === "shellid");
  return textOf(selector) ?? textOf(child(child(body, "Shell"), "ShellId"));
}

function idOf(id: string | undefined, what: string): string {
  if (id === undefined || !/^[0-9A-Za-z{}:._-]{1,128}$/.test(id)) throw invalidAnswer(`it names no ${what}`);
  return id;
}
