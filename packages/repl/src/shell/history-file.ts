import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { redactSecrets, secretsIn } from "@sampan/core";
import { userFolders } from "../settings/config-folders.ts";

const mostEntries = 2_000;
const mostBytes = 4 * 1024 ** 2;
const longestEntry = 20_000;
const staleLockMs = 5_000;

/** The inputs of all sessions, in one file. */
export interface HistoryFile {
  /** What was typed, each once, newest first; also what other sessions have typed meanwhile. */
  entries(): readonly string[];
  /** Adds an input, without its secrets. What cannot be kept is not: only comfort is lost. */
  add(input: string): void;
}

/** Where the history lies: in `SAMPAN_HOME`, else where the system keeps what programs remember of a user. */
export function historyPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(userFolders(env, process.cwd()).state, "shell-history.ndjson");
}

/**
 * Opens a history. The file is readable by its owner only and has one JSON string a line, oldest first, so that an input of several lines
 * is one entry. Sessions add to its end one after the other; it is made shorter when it has grown to twice its entries.
 */
export function openHistory(
  path: string,
  env: Readonly<Record<string, string | undefined>> = {},
): HistoryFile {
  let known: readonly string[] = [];
  let stamp = "";
  const entries = (): readonly string[] => {
    const now = stampOf(path);
    if (now !== stamp) {
      stamp = now;
      known = [...new Set(readLines(path).reverse())].slice(0, mostEntries);
    }
    return known;
  };
  return {
    entries,
    add(input) {
      const entry = redactSecrets(input.trim(), secretsIn(env));
      if (entry === "" || entry.length > longestEntry || entry === entries()[0]) return;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        locked(path, () => {
          const lines = readLines(path);
          if (lines.length >= 2 * mostEntries || isLarge(path)) rewrite(path, lines);
          append(path, entry);
        });
      } catch {
        // A disk that is full or read-only is no reason to stop a shell.
        known = [entry, ...known.filter((one) => one !== entry)];
      }
    },
  };
}

/** What tells one content of the file from another; empty where there is none. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}

/** What the file holds, oldest first; lines that are no JSON string are passed over. Of an endless file only its end is read. */
function readLines(path: string): string[] {
  try {
    return readEnd(path)
      .split("\n")
      .flatMap((line) => {
        try {
          const entry: unknown = JSON.parse(line);
          return typeof entry === "string" ? [entry] : [];
        } catch {
          return [];
        }
      });
  } catch {
    return [];
  }
}

function readEnd(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, read);
  } finally {
    closeSync(file);
  }
}

function isLarge(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes / 2;
}

function append(path: string, entry: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, `${JSON.stringify(entry)}\n`);
  } finally {
    closeSync(file);
  }
  chmodSync(path, 0o600);
}

function rewrite(path: string, lines: readonly string[]): void {
  const kept = [...new Set([...lines].reverse())].slice(0, mostEntries).reverse();
  const aside = `${path}.${process.pid}.partial`;
  writeFileSync(aside, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(""), { mode: 0o600 });
  renameSync(aside, path);
}

/** Does it while no other session does; one that died meanwhile is not waited for. */
function locked(path: string, work: () => void): void {
  const lock = `${path}.lock`;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let turn = 0; ; turn++) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || turn > 100) throw error;
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > staleLockMs) rmSync(lock, { force: true });
      else Atomics.wait(pause, 0, 0, 5);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}
