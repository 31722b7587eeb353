import { execa } from "execa";
import { environment } from "./sampan.ts";

/** The program that {@link inTerminal} makes a terminal with. */
export const terminalTools = ["script"] as const;

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed: each text is sent when the one before it has been answered by `until` coming up on the screen. */
  readonly typing?: readonly { readonly until: string | RegExp; readonly text: string }[];
  readonly timeoutMs?: number;
}

/** What a program wrote to its terminal, escape codes included, and how it ended. */
export interface TerminalResult {
  readonly exitCode: number;
  readonly screen: string;
}

/** Runs a program in a pseudo-terminal of 100 columns, made by `script` of util-linux. */
export async function inTerminal(
  command: readonly string[],
  options: TerminalOptions,
): Promise<TerminalResult> {
  const line = `stty cols 100 rows 40; ${command.map(quoted).join(" ")}`;
  const child = execa("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    cwd: options.cwd,
    env: environment({ TERM: "xterm-256color", ...options.env }),
    extendEnv: false,
    reject: false,
    stdin: "pipe",
    timeout: options.timeoutMs ?? 60_000,
    stripFinalNewline: false,
  });
  let screen = "";
  let from = 0;
  const waiting = [...(options.typing ?? [])];
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const rest = screen.slice(from);
      const found = typeof next.until === "string" ? rest.includes(next.until) : next.until.test(rest);
      if (!found) return;
      waiting.shift();
      from = screen.length;
      child.stdin?.write(next.text);
    }
  });
  const done = await child;
  if (done.timedOut) throw new Error(`the program did not end; its screen:\n${screen.slice(-3000)}`);
  return { exitCode: done.exitCode ?? -1, screen };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
