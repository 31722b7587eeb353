import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, sampanProgram } from "../helpers/sampan.ts";
import { freePort } from "../helpers/ssh-banner.ts";
import { shellWords } from "./command-lines.ts";
import { blocksOf, type Page } from "./pages.ts";

/**
 * What a page's fenced blocks say behind their language:
 *
 * - `file=NAME`: the block is written to this file before what follows;
 * - `run`: each line is a command. `exit=N` is the exit code of the last one, 0 unless told. The block that follows, when it is marked
 *   `text`, is all that it prints; a line `…` in it stands for any lines;
 * - `background`: with `run`, the command goes on until the end of the page, and the block that follows is what it has printed first.
 *
 * All blocks of a page share one folder, and what `export NAME=VALUE` sets.
 */
export interface RunBlock {
  readonly line: number;
  readonly commands: readonly string[];
  readonly exitCode: number;
  readonly background: boolean;
  readonly expected: string | undefined;
}

/** Does what a page says in `folder`, and tells each block that did not go as the page has it. */
export async function runPage(page: Page, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const world = await openWorld(folder);
  const faults: string[] = [];
  const blocks = blocksOf(page.text);
  try {
    for (const [index, block] of blocks.entries()) {
      const file = wordAfter(block.marks, "file");
      if (file !== undefined) await writeInside(folder, file, block.text);
      if (!block.marks.includes("run")) continue;
      const next = blocks[index + 1];
      const run: RunBlock = {
        line: block.line,
        commands: block.text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
        exitCode: Number(wordAfter(block.marks, "exit") ?? 0),
        background: block.marks.includes("background"),
        expected: next?.language === "text" ? next.text : undefined,
      };
      const fault = await world.run(run);
      if (fault === undefined) continue;
      faults.push(`${page.path}:${block.line}: ${fault}`);
      break;
    }
  } finally {
    await world.close();
  }
  return faults;
}

function wordAfter(marks: readonly string[], name: string): string | undefined {
  return marks.find((mark) => mark.startsWith(`${name}=`))?.slice(name.length + 1);
}

async function writeInside(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file);
  if (relative(folder, path).startsWith("..")) throw new Error(`${file} lies outside of the page's folder`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${text}\n`);
}

/** A folder, variables and processes, as somebody has them who follows a page. */
async function openWorld(folder: string) {
  const variables: Record<string, string> = {};
  const background: ChildProcess[] = [];
  // Pages name the port 4566; here it may be taken.
  const port = await freePort();
  const mine = (text: string): string => text.replaceAll("4566", String(port));
  const theirs = (text: string): string => text.replaceAll(String(port), "4566");
  let outputs = 0;

  function start(command: string, output: string): ChildProcess {
    const [program = "", ...args] = shellWords(mine(command).replace(/^npx /, ""));
    const [file, argv] =
      program === "sampan" ? [process.execPath, [sampanProgram, ...args]] : [program, args];
    // One file for both, so that lines stand in the order in which they were written.
    const log = openSync(output, "a");
    const env = environment({ LC_ALL: "C.UTF-8", ...variables });
    const child = spawn(file, argv, { cwd: folder, env, stdio: ["ignore", log, log] });
    closeSync(log);
    return child;
  }

  return {
    async run({ commands, exitCode, background: goesOn, expected }: RunBlock): Promise<string | undefined> {
      const output = `${folder}.${outputs++}.out`;
      let ended: number | null = 0;
      for (const command of commands) {
        const set = /^export ([A-Z_]+)=(\S+)$/.exec(mine(command));
        if (set?.[1] !== undefined && set[2] !== undefined) {
          variables[set[1]] = set[2];
          continue;
        }
        const child = start(command, output);
        const over = new Promise<number | null>((resolve, reject) => {
          child.once("error", reject);
          child.once("exit", resolve);
        });
        if (goesOn) {
          background.push(child);
          await Promise.race([over, printed(output, expected ?? "", folder, theirs)]);
        } else {
          ended = await over;
          if (ended !== 0) break;
        }
      }
      const said = theirs(readIfThere(output));
      if (ended !== exitCode) return `ended with ${ended} instead of ${exitCode}:\n${said}`;
      if (expected === undefined || looksLike(said, expected, folder)) return undefined;
      return `printed\n${normal(said, folder)}\ninstead of\n${normal(expected, folder)}`;
    },
    async close(): Promise<void> {
      for (const child of background) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const over = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await over;
      }
    },
  };
}

async function printed(
  output: string,
  expected: string,
  folder: string,
  theirs: (text: string) => string,
): Promise<void> {
  const until = Date.now() + 20_000;
  while (Date.now() < until && !looksLike(theirs(readIfThere(output)), expected, folder)) await sleep(50);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a text is what a page shows, but for what differs from run to run. */
export function looksLike(said: string, shown: string, folder: string): boolean {
  const lines = normal(shown, folder).split("\n");
  const pattern = lines
    .map((line) => (/^…$/.test(line) ? "(?:.*\\n)*" : `${escaped(line).replaceAll("…", ".*")}\\n`))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${normal(said, folder)}\n`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Ids, times and places in the words of every run; columns as wide as they are. */
function normal(text: string, folder: string): string {
  return text
    .replaceAll(folder, "/srv/plans")
    .replace(/\b\d{8}-\d{6}-[a-z0-9]{5}\b/g, "RUN")
    .replace(/\b(m|i|s|t|d)-[a-z0-9]{10,}\b/g, "$1-ID")
    .replace(/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?\b/g, "TIME")
    .replace(/\b(\d+ min )?\d+(\.\d+)? (s|min|ms)(?!\w)/g, "TIME")
    .replace(/[ \t]+$/gm, "")
    .replace(/ {2,}/g, "  ")
    .trim();
}
