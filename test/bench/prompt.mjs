// How long the shell takes until its prompt stands there, beside Node's own, in a terminal that `script` of util-linux makes.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./measure.mjs";

/** A shell that has no prompt by then has none. */
const longestMs = 30_000;

/** Whether there is a `script` that can be told a command. */
const hasTerminal = String(spawnSync("script", ["--version"]).stdout).includes("util-linux");

/**
 * Starts both shells in turn, and gives the median of the ratios and of the seconds, ours first; `null` where no terminal can be made. Ours
 * has a home of its own: no rc file, no history.
 */
export async function comparePrompts(pairs, program) {
  if (!hasTerminal) return null;
  const home = mkdtempSync(join(tmpdir(), "sampan-prompt-"));
  const ours = () => untilPrompt([process.execPath, program], /cn-\w+> /, ":quit\r", home);
  const theirs = () => untilPrompt([process.execPath, "-i"], /^> /m, ".exit\r", home);
  try {
    // Once for the page cache.
    await ours();
    await theirs();
    const runs = [];
    for (let index = 0; index < pairs; index++) runs.push([await ours(), await theirs()]);
    return {
      ratio: median(runs.map(([mine, other]) => mine / other)),
      seconds: [median(runs.map(([mine]) => mine)), median(runs.map(([, other]) => other))],
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Seconds from the start of a command until its screen shows the prompt; then it is left by what is typed. */
function untilPrompt(command, prompt, leave, home) {
  return new Promise((resolve, reject) => {
    const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const startedAt = performance.now();
    const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, TERM: "xterm-256color", LANG: "C.UTF-8" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let [screen, seconds] = ["", null];
    const late = setTimeout(() => child.kill(), longestMs);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      screen += text;
      // Colours and moves of the cursor stand in between.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one.
      if (seconds !== null || !prompt.test(screen.replace(/\u001b\[[\d;?]*[A-Za-z]/g, ""))) return;
      seconds = (performance.now() - startedAt) / 1000;
      child.stdin.write(leave);
    });
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(late);
      if (seconds === null) reject(new Error(`${line} ended before its prompt:\n${screen}`));
      else resolve(seconds);
    });
  });
}
