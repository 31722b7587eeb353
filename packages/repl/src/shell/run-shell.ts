import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { type ExitCode, isSampanError, type JsonObject, SampanError } from "@sampan/core";
import * as sdk from "@sampan/sdk";
import { chooseCloud, type RunHandle, sampanHome } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { type ProgramWorld, reportError } from "../program.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { followRun } from "../run/follow-run.ts";
import { createOutput, type Output } from "../terminal/output.ts";
import { plainText } from "../terminal/plain-text.ts";
import { programVersion } from "../version.ts";
import { completeLine } from "./complete.ts";
import { createEvaluator, type Evaluation, type Evaluator } from "./evaluator.ts";
import { readHistory, writeHistory } from "./history.ts";
import { showValue } from "./show-value.ts";

/** The world of the shell: that of the program, and where lines come from. */
export interface ShellWorld extends ProgramWorld {
  readonly stdin: NodeJS.ReadStream;
}

const helpText = `Type TypeScript; the SDK is there. A plan is shown, never run, until you call .run().

  Migration.from("./web-01.vmdk").assess()      a plan
    .prepare().capture().toVhd()                a line that begins with a verb continues the last value
  await _.run()                                 runs the last value
  .help  .exit  Ctrl+D                          this text; leave; leave

Every subcommand of \`sampan\` works in your own shell: \`sampan --help\` lists them.`;

/** Opens the shell on a terminal; otherwise evaluates the whole of stdin as one input. */
export async function runShell(world: ShellWorld): Promise<ExitCode> {
  const output = createOutput(world);
  const evaluator = createEvaluator(world.cwd, { ...sdk });
  const session: ShellSession = { world, output, evaluator };
  return world.stdin.isTTY ? interact(session) : evaluateInput(session);
}

interface ShellSession {
  readonly world: ShellWorld;
  readonly output: Output;
  readonly evaluator: Evaluator;
}

async function evaluateInput(session: ShellSession): Promise<ExitCode> {
  const pieces: Buffer[] = [];
  for await (const piece of session.world.stdin) pieces.push(Buffer.from(piece as Uint8Array));
  const source = Buffer.concat(pieces).toString("utf8");
  if (source.trim() === "") return 0;
  try {
    const evaluation = await session.evaluator.evaluate(source);
    if (evaluation.kind === "incomplete") {
      throw new SampanError("COMMAND_USAGE", "reading stdin: it ends in the middle of an expression");
    }
    await show(session, evaluation);
    return 0;
  } catch (error) {
    return sayError(session, error);
  }
}

function interact(session: ShellSession): Promise<ExitCode> {
  const { world, output, evaluator } = session;
  const rehearsal = chooseCloud({ env: world.env }).kind === "simulator";
  const historyPath = join(sampanHome({ env: world.env, baseFolder: world.cwd }), "shell-history");
  output.talk(`sampan ${programVersion()} · .help says what can be typed, .exit or Ctrl+D leaves`);
  if (rehearsal) output.talk(output.talkColours.magenta(rehearsalNotice));
  const prompt = rehearsal ? "sampan (rehearsal)> " : "sampan> ";
  const lines = createInterface({
    input: world.stdin,
    output: process.stdout,
    terminal: true,
    historySize: 1_000,
    history: [...readHistory(historyPath)],
    removeHistoryDuplicates: true,
    completer: (line: string) => completeLine(line, evaluator.names()),
    prompt,
  });
  let history: readonly string[] = [];
  lines.on("history", (entries: string[]) => {
    history = entries;
  });
  return new Promise((resolve) => {
    let pending = "";
    const queue: string[] = [];
    let busy = false;
    let closed = false;
    const ask = (): void => {
      if (closed) return;
      lines.setPrompt(pending === "" ? prompt : "... ");
      lines.prompt();
    };
    const leave = (): void => {
      writeHistory(historyPath, history);
      resolve(0);
    };
    const work = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
        pending = await takeLine(session, lines, pending, line);
      }
      busy = false;
      if (closed) leave();
      else ask();
    };
    lines.on("line", (line) => {
      queue.push(line);
      void work();
    });
    lines.on("SIGINT", () => {
      if (busy) return;
      if (pending === "" && lines.line === "") output.talk("\n(.exit or Ctrl+D leaves)");
      else output.talk("");
      pending = "";
      lines.write(null, { ctrl: true, name: "u" });
      ask();
    });
    lines.on("close", () => {
      closed = true;
      if (!busy) {
        output.talk("");
        leave();
      }
    });
    ask();
  });
}

/** Takes one line typed; gives what is still waiting for its rest. */
async function takeLine(
  session: ShellSession,
  lines: Interface,
  pending: string,
  line: string,
): Promise<string> {
  const { output, evaluator } = session;
  const command = line.trim();
  if (pending === "" && command === "") return "";
  if (command === ".exit") {
    lines.close();
    return "";
  }
  if (pending === "" && command === ".help") {
    output.talk(helpText);
    return "";
  }
  const source = pending === "" ? line : `${pending}\n${line}`;
  try {
    const evaluation = await evaluator.evaluate(source);
    if (evaluation.kind === "incomplete") {
      // An empty line ends what will never be complete.
      if (command !== "") return source;
      output.talk("the input was not complete and is dropped");
      return "";
    }
    lines.pause();
    await show(session, evaluation);
  } catch (error) {
    sayError(session, error);
  } finally {
    lines.resume();
  }
  return "";
}

async function show(
  session: ShellSession,
  evaluation: Extract<Evaluation, { kind: "value" }>,
): Promise<void> {
  const { output, evaluator } = session;
  let { value } = evaluation;
  if (isRun(value)) {
    const handle = value;
    const followed = await followRun(callOf(session), homeOf(session), () => handle);
    if (followed.error) throw followed.error;
    evaluator.keep(followed.result);
    return;
  }
  if (value instanceof Promise) {
    value = await value;
    evaluator.keep(value);
  }
  if (value === undefined) return;
  if (evaluation.declared && !sdk.isStage(value)) return;
  output.data(showValue(value, output));
}

function isRun(value: unknown): value is RunHandle<JsonObject> {
  return (
    typeof value === "object" && value !== null && "events" in value && "cancel" in value && "then" in value
  );
}

function homeOf({ world }: ShellSession): string {
  return sampanHome({ env: world.env, baseFolder: world.cwd });
}

function callOf({ world, output }: ShellSession): CommandCall {
  return { args: [], options: {}, output, env: world.env, cwd: world.cwd };
}

/** Tells errors of ours as everywhere, those of what was typed by their own words; gives the exit code they stand for. */
function sayError(session: ShellSession, error: unknown): ExitCode {
  if (isSampanError(error)) return reportError(session.world, error);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  session.output.alert(plainText(text));
  return 1;
}
