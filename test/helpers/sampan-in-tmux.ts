import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { environment, sampanProgram } from "./sampan.ts";

/** The program that makes terminals whose screen can be read, and whose size changed. */
export const tmuxTools = ["tmux"] as const;

/** `sampan` in a terminal that really draws. */
export interface TmuxTerminal {
  /** What the screen shows, without colours; with `history` also what has scrolled out of it. */
  screen(history?: boolean): Promise<string>;
  resize(columns: number, rows?: number): Promise<void>;
  /** Types text, `C-c` and the like being keys. */
  type(...keys: readonly string[]): Promise<void>;
  /** Sends a signal to the program. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Waits until the screen, with what has scrolled out of it, shows it. */
  until(what: RegExp, timeoutMs?: number): Promise<string>;
  close(): Promise<void>;
}

/** Starts `sampan` in a terminal of this size, with a server of its own. It shows `ended with N` once the program has ended. */
export async function sampanInTmux(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly columns: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<TmuxTerminal> {
  const socket = join(options.cwd, "tmux.sock");
  const env = environment({ LANG: "C.UTF-8", ...options.env });
  const tmux = (...words: readonly string[]) =>
    execa("tmux", ["-S", socket, "-f", "/dev/null", ...words], { env, extendEnv: false, cwd: options.cwd });
  // The shell's own process id stays that of the program.
  const command = [process.execPath, sampanProgram, ...args].map(quoted).join(" ");
  const size = ["-x", String(options.columns), "-y", String(options.rows ?? 30)];
  const settings = Object.entries(options.env ?? {}).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const line = `sh -c 'echo $$ > tmux.pid; exec "$@"' sampan ${command}; echo "ended with $?"; exec sleep 120`;
  await tmux("new-session", "-d", "-s", "t", ...size, ...settings, line);
  const screen = async (history = false): Promise<string> =>
    (await tmux("capture-pane", "-p", "-t", "t", ...(history ? ["-S", "-"] : []))).stdout.trimEnd();
  return {
    screen,
    async resize(columns, rows = 30) {
      await tmux("resize-window", "-t", "t", "-x", String(columns), "-y", String(rows));
    },
    async type(...keys) {
      await tmux("send-keys", "-t", "t", ...keys);
    },
    async signal(name) {
      const { stdout } = await execa("cat", [join(options.cwd, "tmux.pid")]);
      process.kill(Number(stdout), name);
    },
    async until(what, timeoutMs = 60_000) {
      const endsAt = Date.now() + timeoutMs;
      for (;;) {
        const seen = await screen(true);
        if (what.test(seen)) return seen;
        if (Date.now() > endsAt) throw new Error(`${what} did not come up on the screen:\n${seen}`);
        await pause(50);
      }
    },
    async close() {
      await tmux("kill-server").catch(() => undefined);
      await rm(socket, { force: true });
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
