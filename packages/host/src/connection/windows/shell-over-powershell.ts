import { type Json, type JsonObject, SampanError } from "@sampan/core";
import { tellCommand } from "../command-channel.ts";
import { plainText } from "../plain-text.ts";
import type { Argv, CommandResult } from "../shell.ts";
import { clixmlText } from "./clixml.ts";
import { answerMark, powershellInput, powershellLine } from "./powershell-script.ts";
import { quoteForWindows } from "./quote-for-windows.ts";
import { runProgram } from "./run-program-script.ts";
import type { WindowsCommandOptions, WindowsShell } from "./windows-shell.ts";

const defaultOutputBytes = 16 * 1024 * 1024;
const defaultTimeoutMs = 120_000;
const keptErrorBytes = 64 * 1024;

/** What a connection must be able to do: run the one line there is, with input, and give what it says. */
export interface LineRunner {
  readonly title: string;
  /**
   * Runs a program with words of which no shell reads any character, to its end.
   *
   * @throws `HOST_TIMEOUT`, `HOST_ANSWER_TOO_LONG`, and what tells that the connection did not come about or was lost.
   */
  run(
    words: readonly [program: string, ...args: string[]],
    options: {
      readonly title: string;
      readonly input: Uint8Array;
      readonly timeoutMs: number;
      readonly maxOutputBytes: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<{ readonly exitCode: number; readonly stdout: Uint8Array; readonly stderr: string }>;
  close(): Promise<void>;
}

/**
 * A shell of Windows over anything that can start `powershell.exe`. It starts nothing else: other programs are started by a script,
 * so that their arguments are data up to the call of Windows that starts them.
 */
export function shellOverPowershell(runner: LineRunner): WindowsShell {
  const { title } = runner;

  async function ask(
    what: string,
    script: string,
    parameters: JsonObject,
    options: WindowsCommandOptions,
    answerBytes: number,
  ): Promise<Json> {
    const begin = () =>
      runner.run(powershellLine, {
        title: what,
        input: powershellInput(script, parameters),
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        maxOutputBytes: answerBytes,
        signal: options.signal,
      });
    const started = await tellCommand(title, ["powershell.exe", what], begin, async (result) => result);
    const { exitCode, stdout, stderr } = started;
    const answer = parseAnswer(stdout);
    if (answer === undefined) {
      const said = plainText(clixmlText(stderr)).replace(/\s+/g, " ").slice(0, 500);
      throw new SampanError(
        "HOST_ANSWER_INVALID",
        `running ${what} on ${title}: PowerShell ended with ${exitCode} and gave no answer${said === "" ? "" : `: ${said}`}`,
        { hint: "PowerShell 2 or later is needed, in full language mode.", details: { exitCode } },
      );
    }
    if (answer.ok === true) return answer.value ?? null;
    const message = plainText(String(answer.message)).replace(/\s+/g, " ").slice(0, 500);
    throw new SampanError("HOST_POWERSHELL_FAILED", `running ${what} on ${title}: ${message}`, {
      details: {
        type: plainText(String(answer.type)).slice(0, 200),
        line: typeof answer.line === "number" ? answer.line : null,
      },
    });
  }

  return {
    title,
    powershell: (script, parameters = {}, options = {}) =>
      ask("a script", script, parameters, options, options.maxOutputBytes ?? defaultOutputBytes),
    async run(argv, options = {}) {
      const [program] = argv;
      const maxOutputBytes = options.maxOutputBytes ?? defaultOutputBytes;
      const value = await ask(
        plainText(program).slice(0, 200),
        runProgram,
        programParameters(argv, options, maxOutputBytes),
        options,
        // In base64, with as much again for what it says to people.
        Math.ceil((maxOutputBytes * 4) / 3) + 8 * keptErrorBytes,
      );
      return programResult(value, program, title, maxOutputBytes);
    },
    close: () => runner.close(),
  };
}

function programParameters(
  [program, ...args]: Argv,
  { input = "" }: WindowsCommandOptions,
  maxOutputBytes: number,
): JsonObject {
  // Windows runs these through cmd.exe by itself, which reads arguments as syntax whatever quotes are around them.
  if (/\.(?:bat|cmd)[. ]*$/i.test(program)) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `running ${plainText(program).slice(0, 200)}: batch files are run by cmd.exe, which no argument is safe from`,
    );
  }
  return {
    program,
    line: args.map(quoteForWindows).join(" "),
    input: Buffer.from(input).toString("base64"),
    maxOutputBytes,
    maxErrorBytes: keptErrorBytes,
  };
}

function programResult(value: Json, program: string, title: string, maxOutputBytes: number): CommandResult {
  const what = `running ${plainText(program).slice(0, 200)} on ${title}`;
  const result =
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  if (result.missing === true) {
    throw new SampanError(
      "HOST_TOOL_MISSING",
      `${what}: it cannot be started: ${plainText(String(result.reason)).slice(0, 300)}`,
      {
        details: { program },
      },
    );
  }
  if (result.tooLong === true) {
    throw new SampanError("HOST_ANSWER_TOO_LONG", `${what}: it says more than ${maxOutputBytes} bytes`);
  }
  const { exitCode, stdout, stderr } = result;
  if (typeof exitCode !== "number" || typeof stdout !== "string" || typeof stderr !== "string") {
    throw new SampanError("HOST_ANSWER_INVALID", `${what}: the answer does not say how it ended`);
  }
  return { exitCode, stdout: Buffer.from(stdout, "base64"), stderr: plainText(stderr) };
}

/** The value in the line of an answer; `undefined` when there is no such line. */
function parseAnswer(stdout: Uint8Array): JsonObject | undefined {
  const text = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.length).toString("latin1");
  const at = text.lastIndexOf(answerMark);
  if (at < 0) return undefined;
  const end = text.indexOf("\n", at);
  try {
    const value: unknown = JSON.parse(text.slice(at + answerMark.length, end < 0 ? undefined : end));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
