import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { environment } from "./sampan.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// Screens are looked at twenty times a second, often beside the program that is waited for: execa takes twice the processor time.
const execute = promisify(execFile);

/** A program in a terminal that a test looks at as a person would. */
export interface TmuxScreen {
  /** Types keys as tmux names them: text as it is, `Enter`, `C-c`, `Tab`. */
  type(...keys: readonly string[]): Promise<void>;
  /** Pastes a text, as terminals do that mark what is pasted. */
  paste(text: string): Promise<void>;
  /** What stands on the screen and has scrolled off it, without spaces at the ends of lines. */
  read(): Promise<string>;
  /** The same without what has scrolled off it. */
  visible(): Promise<string>;
  /** As {@link visible} with the codes of colours; what begins on one line may end on another. */
  coloured(): Promise<string>;
  /** As {@link read} with lines as the program wrote them: what the terminal broke, because it was wider than the screen, is one line. */
  unbroken(): Promise<string>;
  /** Waits until the screen shows it, or has shown it, and gives the screen. */
  shows(what: string | RegExp, timeoutMs?: number): Promise<string>;
  /** What the program gave the terminal as its title. */
  title(): Promise<string>;
  /** As high as it was unless told. */
  resize(columns: number, rows?: number): Promise<void>;
  /** Modes of the terminal as `stty -a` tells them. */
  modes(): Promise<string>;
  /** Process id of the program. */
  pid(): Promise<number>;
  /** Takes the terminal away, as closing a window does. */
  close(): Promise<void>;
}

/**
 * Starts a program in a terminal of tmux, 80 columns wide unless told. It shows `ended with N` once the program has ended, and goes when
 * the test is over.
 */
export async function tmuxScreen(
  command: readonly string[],
  options: {
    readonly cwd: string;
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
    /** A folder of the caller for the socket: then closing it is the caller's too, and not that of the test's end. */
    readonly kept?: string;
  },
): Promise<TmuxScreen> {
  const folder = options.kept ?? (await temporaryFolder());
  const [socket, pidFile] = [join(folder, "tmux.sock"), join(folder, "pid")];
  const { columns = 80, rows = 40 } = options;
  const env = environment({ TERM: "screen-256color", LC_ALL: "C.UTF-8", ...options.env });
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
      cwd: options.cwd,
      env,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trimEnd();
  };
  const size = ["-x", String(columns), "-y", String(rows)];
  // Without `exec` the shell stays, also at Ctrl+C, and says how the program ended.
  const program = ["sh", "-c", 'echo $$ > "$0"; exec "$@"', pidFile, ...command].map(quoted).join(" ");
  const line = `trap : INT; ${program}; echo "ended with $?"; exec sleep 300`;
  await tmux("new-session", "-d", "-s", "test", ...size, "sh", "-c", line);
  const close = async (): Promise<void> => {
    await tmux("kill-server").catch(() => undefined);
  };
  if (options.kept === undefined) onTestFinished(close);
  const captured = async (...more: readonly string[]): Promise<string> =>
    (await tmux("capture-pane", "-p", "-t", "test", ...more)).replace(/ +$/gm, "").trimEnd();
  const read = (): Promise<string> => captured("-S", "-2000");
  const terminal = await tmux("display", "-p", "-t", "test", "#{pane_tty}");
  return {
    type: async (...keys) => void (await tmux("send-keys", "-t", "test", ...keys)),
    async paste(text) {
      await tmux("set-buffer", text);
      await tmux("paste-buffer", "-p", "-t", "test");
    },
    read,
    visible: () => captured(),
    coloured: () => captured("-e"),
    unbroken: () => captured("-J", "-S", "-2000"),
    async shows(what, timeoutMs = 60_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const screen = await read();
        if (typeof what === "string" ? screen.includes(what) : what.test(screen)) return screen;
        if (Date.now() > until) throw new Error(`the screen does not show ${what}:\n${screen}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    title: () => tmux("display", "-p", "-t", "test", "#{pane_title}"),
    resize: async (width, height = rows) =>
      void (await tmux("resize-window", "-t", "test", "-x", String(width), "-y", String(height))),
    modes: async () => (await execa("stty", ["-F", terminal, "-a"])).stdout,
    pid: async () => Number(await readFile(pidFile, "utf8")),
    close,
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
