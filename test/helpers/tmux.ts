import { randomBytes } from "node:crypto";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { environment } from "./sampan.ts";

/** A program in a terminal that a test looks at as a person would. */
export interface TmuxScreen {
  /** Types keys as tmux names them: text as it is, `Enter`, `C-c`, `Tab`. */
  type(...keys: readonly string[]): Promise<void>;
  /** Pastes a text, as terminals do that mark what is pasted. */
  paste(text: string): Promise<void>;
  /** What stands on the screen and has scrolled off it, without spaces at the ends of lines. */
  read(): Promise<string>;
  /** Waits until the screen shows it, and gives the screen. */
  shows(what: string | RegExp, timeoutMs?: number): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  /** Modes of the terminal as `stty -a` tells them. */
  modes(): Promise<string>;
}

/** Starts a program in a terminal of tmux, 80 columns wide unless told; it goes when the test is over. */
export async function tmuxScreen(
  command: readonly string[],
  options: {
    readonly cwd: string;
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<TmuxScreen> {
  const socket = `sampan-test-${randomBytes(6).toString("hex")}`;
  const { columns = 80, rows = 40 } = options;
  const env = environment({ TERM: "screen-256color", LC_ALL: "C.UTF-8", ...options.env });
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execa("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
      cwd: options.cwd,
      env,
      extendEnv: false,
    });
    return stdout;
  };
  const size = ["-x", String(columns), "-y", String(rows)];
  // Without `exec` the shell stays, also at Ctrl+C, and says how the program ended.
  const line = `trap : INT; ${command.map(quoted).join(" ")}; echo "ended with $?"; exec sleep 300`;
  await tmux("new-session", "-d", "-s", "test", ...size, "sh", "-c", line);
  onTestFinished(async () => {
    await tmux("kill-server").catch(() => undefined);
  });
  const read = async (): Promise<string> => {
    const screen = await tmux("capture-pane", "-p", "-t", "test", "-S", "-2000");
    return screen.replace(/ +$/gm, "").trimEnd();
  };
  const terminal = await tmux("display", "-p", "-t", "test", "#{pane_tty}");
  return {
    type: async (...keys) => void (await tmux("send-keys", "-t", "test", ...keys)),
    async paste(text) {
      await tmux("set-buffer", text);
      await tmux("paste-buffer", "-p", "-t", "test");
    },
    read,
    async shows(what, timeoutMs = 30_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const screen = await read();
        if (typeof what === "string" ? screen.includes(what) : what.test(screen)) return screen;
        if (Date.now() > until) throw new Error(`the screen does not show ${what}:\n${screen}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    resize: async (width, height) =>
      void (await tmux("resize-window", "-t", "test", "-x", String(width), "-y", String(height))),
    modes: async () => (await execa("stty", ["-F", terminal, "-a"])).stdout,
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
