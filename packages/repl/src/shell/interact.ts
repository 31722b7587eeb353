import type { ExitCode } from "@sampan/core";
import { say } from "../language/speech.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { programVersion } from "../version.ts";
import type { Completer } from "./completer.ts";
import type { Evaluation } from "./evaluator.ts";
import type { Job } from "./jobs.ts";
import { waysOut } from "./messages.ts";
import { continuationText, promptText } from "./prompt.ts";
import { isRun, sayError, type TypedSession } from "./session.ts";
import { shellContext } from "./shell-context.ts";
import { isBreak, isShellLine } from "./shell-line.ts";
import { statusLine } from "./status-line.ts";
import type { TypingHelp } from "./typing/typing-help.ts";
import { typingLook } from "./typing/typing-look.ts";

const statusEveryMs = 500;

/**
 * Talks with a person on a terminal, one input at a time, until they leave.
 *
 * @param prepare what has to be done before the first input is evaluated; begun once the prompt is there.
 */
export async function interact(
  session: TypedSession,
  ends: JobEnds,
  completer: Completer,
  prepare: () => Promise<unknown>,
): Promise<ExitCode> {
  const { output, call, jobs, terminal } = session;
  const { editor } = terminal;
  output.talk(say("shell.greeting", { version: programVersion() }));
  if (shellContext(call.env).rehearsal) output.talk(output.talkColours.magenta(rehearsalNotice));
  else output.talk(output.talkColours.yellow(say("shell.real-account")));
  // Ctrl+C is a key here; as a signal it is for what has the terminal meanwhile.
  process.on("SIGINT", () => undefined);
  // What was typed earlier may still fail in the background; that is told, and the shell stays.
  const onStray = (error: unknown): void => editor.say(() => void sayError(session, error));
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);
  const style = (): { columns: number; unicode: boolean } => ({
    columns: output.columns() - 1,
    unicode: output.unicode,
  });
  const showStatus = (): void => {
    const line = statusLine(jobs.running(), style());
    editor.setStatus(line === null ? [] : [line]);
  };
  const timer = setInterval(showStatus, statusEveryMs);
  const ready = new Promise((resolve) => setImmediate(resolve)).then(prepare).catch(onStray);
  void ready.then(completer.refresh);
  let askedToLeave = 0;
  try {
    for (;;) {
      await ends.listen((job) => {
        showStatus();
        return announce(session, job);
      });
      showStatus();
      const answer = await editor.read(promptLook(session));
      ends.hold();
      if (answer.kind === "input") {
        await ready;
        const after = await takeInput(session, answer.text);
        completer.refresh();
        if (after !== "leave") {
          askedToLeave = 0;
          continue;
        }
      } else if (answer.kind === "interrupt" && askedToLeave === 0) {
        askedToLeave++;
        output.talk(say("shell.idle-interrupt"));
        continue;
      }
      const going = jobs.running().filter(({ handle }) => !handle.attached);
      if (going.length === 0) return answer.kind === "terminated" ? 130 : 0;
      // Asked again, or nobody left to ask.
      if (answer.kind === "terminated" || askedToLeave >= 2) return await stopJobs(session, going);
      askedToLeave = 2;
      output.talk(output.talkColours.yellow(say("shell.jobs-leave-first")));
      for (const { number, handle, view } of going) output.talk(`  [${number}] ${handle.id} ${view.title}`);
      output.talk(say("shell.jobs-leave-again"));
    }
  } finally {
    clearInterval(timer);
    completer.close();
    editor.close();
  }
}

/** Where ends of runs are told: at once while a prompt waits, else when the next one comes. */
export interface JobEnds {
  /** Tells what has ended meanwhile, and then whatever ends, until {@link JobEnds.hold}. */
  listen(tell: (job: Job) => Promise<void>): Promise<void>;
  hold(): void;
  /** A run has ended. */
  ended(job: Job): void;
}

/** Makes it. */
export function createJobEnds(): JobEnds {
  const untold: Job[] = [];
  let tell: ((job: Job) => Promise<void>) | null = null;
  return {
    async listen(listener) {
      for (let job = untold.shift(); job !== undefined; job = untold.shift()) await listener(job);
      tell = listener;
    },
    hold() {
      tell = null;
    },
    ended(job) {
      if (tell === null) untold.push(job);
      else void tell(job);
    },
  };
}

async function announce(session: TypedSession, job: Job): Promise<void> {
  const { editor, watched } = session.terminal;
  const { announceJob } = await session.engine();
  if (!watched.has(job)) editor.say(() => announceJob(session, job));
}

function promptLook({ call, output, number }: TypedSession) {
  const context = shellContext(call.env);
  const prompt = promptText(number, context, output.columns());
  const { talkColours } = output;
  return {
    prompt,
    continuation: continuationText(prompt),
    waysOut: waysOut(),
    paint: context.rehearsal ? talkColours.cyan : talkColours.yellow,
    paintHint: talkColours.dim,
    typing: typingLook(output, call.env),
  };
}

/** Takes one input; errors of it are told. */
async function takeInput(session: TypedSession, text: string): Promise<"leave" | undefined> {
  const { output, terminal } = session;
  if (text.trim() === "") return undefined;
  if (isBreak(text)) {
    output.talk(say("shell.dropped"));
    return undefined;
  }
  terminal.history.add(text);
  try {
    const { runShellLine } = await session.engine();
    if (!isShellLine(text)) await evaluate(session, text);
    else {
      const after = await runShellLine(session, text);
      if (after?.kind === "leave") return "leave";
      if (after?.kind === "evaluate") return await takeInput(session, after.text);
    }
  } catch (error) {
    sayError(session, error);
  }
  return undefined;
}

async function evaluate(session: TypedSession, text: string): Promise<void> {
  const { evaluator, showResult } = await session.engine();
  try {
    const evaluated: Evaluation | undefined = await untilInterrupted(session, evaluator.evaluate(text));
    if (evaluated?.kind !== "value") return;
    const shown = showResult(session, evaluated);
    // A run hears of Ctrl+C itself and ends in its own time.
    await (isRun(evaluated.value) ? shown : untilInterrupted(session, shown));
  } finally {
    session.number++;
  }
}

/** Gives up waiting at Ctrl+C, or where nobody waits any more, while what is waited for goes on. */
async function untilInterrupted<T>(
  { terminal, output }: TypedSession,
  promise: Promise<T>,
): Promise<T | undefined> {
  promise.catch(() => undefined);
  let leave = (): void => undefined;
  const interrupted = new Promise<undefined>((resolve) => {
    leave = () => {
      output.talk(say("shell.no-longer-waiting"));
      resolve(undefined);
    };
    terminal.editor.whileBusy((key) => {
      if (key !== "background") leave();
    });
  });
  // Between the end of what computed and the moment in which keys are read again, Ctrl+C is still a signal.
  process.once("SIGINT", leave);
  try {
    return await Promise.race([promise, interrupted]);
  } finally {
    process.off("SIGINT", leave);
    terminal.editor.whileBusy(null);
  }
}

/** Stops the runs of this process and waits until each has ended, so that what they left is told. */
async function stopJobs(session: TypedSession, going: readonly Job[]): Promise<ExitCode> {
  const { output, terminal } = session;
  output.talk(say("shell.stopping-jobs"));
  terminal.editor.whileBusy((key) => {
    if (key === "interrupt") process.exit(130);
  });
  for (const { handle } of going) handle.cancel("because the shell was left");
  const { announceJob } = await session.engine();
  for (const job of going) {
    terminal.watched.add(job);
    await job.ended;
    announceJob(session, job);
  }
  return 130;
}

/** What the line editor asks of a session. */
export function editorQuestions(session: () => TypedSession, completer: Completer, typing: TypingHelp) {
  return {
    history: () => session().terminal.history.entries(),
    complete: completer.complete,
    highlight: typing.highlight,
    hint: typing.hint,
    async isComplete(text: string): Promise<boolean> {
      if (text.trim() === "" || isShellLine(text) || isBreak(text)) return true;
      const { evaluator } = await session().engine();
      return evaluator.isComplete(text);
    },
  };
}
