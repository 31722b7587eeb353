import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { ExitCode } from "@sampan/core";
import { chooseCloud } from "@sampan/sdk";
import { say } from "../language/speech.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { programVersion } from "../version.ts";
import { readlineCompleter } from "./completion/readline-completer.ts";
import { createCompleter } from "./completion/shell-completer.ts";
import { createSurroundings } from "./completion/surroundings.ts";
import { readHistory, writeHistory } from "./history.ts";
import { isRun, type ShellSession, sayError, shellHome, showResult } from "./session.ts";

/** Talks with a person on a terminal, one line at a time, until they leave. */
export function interact(session: ShellSession): Promise<ExitCode> {
  const { world, output, evaluator } = session;
  const { kind } = chooseCloud({ env: world.env });
  const historyPath = join(shellHome(session), "shell-history");
  output.talk(`sampan ${programVersion()} · .help says what can be typed, .exit or Ctrl+D leaves`);
  if (kind === "simulator") output.talk(output.talkColours.magenta(rehearsalNotice));
  const prompt = `sampan (${kind === "simulator" ? say("run.rehearsal") : kind})> `;
  const completer = createCompleter({
    cwd: world.cwd,
    variables: evaluator.outlines,
    surroundings: createSurroundings({ env: world.env, cwd: world.cwd }),
  });
  const tab = readlineCompleter(completer, output);
  const lines = createInterface({
    input: world.stdin,
    output: process.stdout,
    terminal: true,
    historySize: 1_000,
    history: [...readHistory(historyPath)],
    removeHistoryDuplicates: true,
    completer: tab.completer,
    prompt,
  });
  tab.attach(lines);
  let history: readonly string[] = [];
  lines.on("history", (entries: string[]) => {
    history = entries;
  });
  // What was typed earlier may still fail in the background; that is told, and the shell stays.
  const onStray = (error: unknown): void => void sayError(session, error);
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);
  return new Promise((resolve) => {
    const queue: string[] = [];
    let pending = "";
    let busy = false;
    let closed = false;
    const ask = (): void => {
      tab.earlier = pending;
      completer.refresh();
      lines.setPrompt(pending === "" ? prompt : "... ");
      lines.prompt();
    };
    const leave = (): void => {
      completer.close();
      writeHistory(historyPath, history);
      resolve(0);
    };
    const work = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      // Lines of one paste arrive together: a turn's pause lets them become one input.
      await new Promise((turn) => setImmediate(turn));
      while (queue.length > 0 && !closed) {
        pending = await takeLine(session, lines, pending, nextInput(queue));
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
      output.talk(pending === "" && lines.line === "" ? "\n(.exit or Ctrl+D leaves)" : "");
      pending = "";
      lines.write(null, { ctrl: true, name: "u" });
      ask();
    });
    lines.on("close", () => {
      closed = true;
      if (busy) return;
      output.talk("");
      leave();
    });
    ask();
  });
}

/** Takes what waits as one input; a command of the shell stands alone. */
function nextInput(queue: string[]): string {
  const command = queue.findIndex((line) => /^\s*\.(exit|help)\s*$/.test(line));
  return queue.splice(0, command < 0 ? queue.length : Math.max(1, command)).join("\n");
}

/** Takes one input, a line or a paste; gives what is still waiting for its rest. */
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
    output.talk(say("shell.help"));
    return "";
  }
  const source = pending === "" ? line : `${pending}\n${line}`;
  try {
    return await interruptible(session, lines, async (untilInterrupted) => {
      const evaluation = await untilInterrupted(evaluator.evaluate(source));
      if (evaluation === undefined) return "";
      if (evaluation.kind === "incomplete") {
        // Two empty lines end what will never be complete.
        if (!source.endsWith("\n\n")) return source;
        output.talk("the input was not complete and is dropped");
        return "";
      }
      const shown = showResult(session, evaluation);
      // A run hears of Ctrl+C itself and ends in its own time.
      await (isRun(evaluation.value) ? shown : untilInterrupted(shown));
      return "";
    });
  } catch (error) {
    sayError(session, error);
    return "";
  }
}

/**
 * Lets Ctrl+C reach what is being evaluated: the terminal leaves raw mode, so that it is a signal again. Code that only
 * computes is broken off; waiting is given up, while what is waited for goes on.
 */
async function interruptible<T>(
  session: ShellSession,
  lines: Interface,
  work: (untilInterrupted: <V>(promise: Promise<V>) => Promise<V | undefined>) => Promise<T>,
): Promise<T> {
  const { stdin } = session.world;
  let interrupt: (() => void) | undefined;
  const onSignal = (): void => interrupt?.();
  const untilInterrupted = async <V>(promise: Promise<V>): Promise<V | undefined> => {
    const interrupted = new Promise<undefined>((resolve) => {
      interrupt = () => {
        session.output.talk("\nno longer waiting; what was started may go on");
        resolve(undefined);
      };
    });
    promise.catch(() => undefined);
    try {
      return await Promise.race([promise, interrupted]);
    } finally {
      interrupt = undefined;
    }
  };
  lines.pause();
  stdin.setRawMode(false);
  process.on("SIGINT", onSignal);
  // While the terminal is not read, only this keeps the program: what is waited for may have no handle of its own.
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await work(untilInterrupted);
  } finally {
    clearInterval(alive);
    process.off("SIGINT", onSignal);
    stdin.setRawMode(true);
    lines.resume();
  }
}
