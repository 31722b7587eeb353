import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type ExitCode, SampanError } from "@sampan/core";
import { scriptSession, startOf, withEngine } from "./create-session.ts";
import type { LineEditor } from "./line-editor/line-editor.ts";
import type { RcWish } from "./rc-file.ts";
import { type ShellCall, type ShellSession, sayError, type Terminal, type TypedSession } from "./session.ts";

/** What a shell evaluates. */
export interface ShellWishes {
  /** Codes given on the command line, in order. */
  readonly codes: readonly string[];
  /** A script file; `-` for stdin. */
  readonly file: string | undefined;
  readonly rc: RcWish;
}

/** Opens the shell on a terminal; otherwise evaluates what was given: codes, a file, or the whole of stdin. */
export async function runShell(call: ShellCall, wishes: ShellWishes): Promise<ExitCode> {
  const script = wishes.codes.length > 0 || wishes.file !== undefined || call.stdin.isTTY !== true;
  if (script) return runShellScript(call, wishes);
  const { output } = call;
  if (output.asJson || output.stderr.isTTY !== true) {
    throw new SampanError(
      "COMMAND_USAGE",
      `opening the shell: ${output.asJson ? "--json" : "no terminal"} needs a script`,
      {
        hint: "Give one: a file, `-e CODE`, or stdin.",
      },
    );
  }
  return openShell(call, wishes);
}

async function openShell(call: ShellCall, wishes: ShellWishes): Promise<ExitCode> {
  const [{ createLineEditor }, { createCompleter }, { createTypingHelp }, shell, history] = await Promise.all(
    [
      import("./line-editor/line-editor.ts"),
      import("./completer.ts"),
      import("./typing/typing-help.ts"),
      import("./interact.ts"),
      import("./history-file.ts"),
    ],
  );
  const { createJobEnds, editorQuestions, interact } = shell;
  const ends = createJobEnds();
  const completer = createCompleter(() => session);
  const typing = createTypingHelp(() => session);
  const editor: LineEditor = createLineEditor(
    call.stdin,
    call.output.stderr,
    editorQuestions(() => session, completer, typing),
    call.output.traits,
  );
  const terminal: Terminal = {
    editor,
    history: history.openHistory(history.historyPath(call.env), call.env),
    watched: new Set(),
  };
  const session = withEngine<TypedSession>({ ...startOf(call, ends.ended), terminal }, (work) =>
    editor.lendWhile(work),
  );
  return interact(session, ends, completer, async () => {
    await evaluateRc(session, wishes.rc);
    void typing.load();
  });
}

async function runShellScript(call: ShellCall, { codes, file, rc }: ShellWishes): Promise<ExitCode> {
  const session = scriptSession(call);
  const { runScript } = await import("./run-script.ts");
  // Only what was asked for: a script does the same on every machine.
  if (rc !== "usual") {
    const failed = await evaluateRc(session, rc);
    if (failed !== 0) return failed;
  }
  for (const code of codes) {
    const exitCode = await runScript(session, code, "-e");
    if (exitCode !== 0) return exitCode;
  }
  if (file !== undefined && file !== "-") return runScript(session, await scriptIn(file, call.cwd), file);
  return codes.length > 0 ? 0 : runScript(session, await wholeOf(call.stdin), "stdin");
}

/** Evaluates the rc file; what is wrong with it is told, and gives an exit code. */
async function evaluateRc(session: ShellSession, wish: RcWish): Promise<ExitCode> {
  const [{ readRcFile }, { evaluateScript }] = await Promise.all([
    import("./rc-file.ts"),
    import("./run-script.ts"),
  ]);
  try {
    const rc = await readRcFile(session.call, wish);
    if (rc !== undefined) await evaluateScript(session, rc.source, rc.path, false);
    session.number = 1;
    return 0;
  } catch (error) {
    return sayError(session, error);
  }
}

async function scriptIn(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new SampanError("COMMAND_USAGE", `reading the script ${file}: ${(error as Error).message}`, {
      hint: "Give the path of a file, or `-` for stdin.",
      cause: error,
    });
  }
}

async function wholeOf(stdin: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stdin) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces).toString("utf8");
}
