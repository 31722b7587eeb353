import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const mostEntries = 1_000;

/** What must never reach a file: keys, tokens, passwords, also as names of what is assigned. */
const secretive =
  /LTAI[A-Za-z0-9]{10,}|STS\.[A-Za-z0-9]{10,}|secret|password|passwd|token|PRIVATE KEY|:\/\/[^/\s:@]+:[^/\s@]+@/i;

/** Lines worth keeping, newest first as readline has them: no secrets, no repetition, not too many. */
export function historyToKeep(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line) => line.trim() !== "" && line.trim() !== ".exit" && !secretive.test(line));
  return [...new Set(kept)].slice(0, mostEntries);
}

/** Reads the history, newest first; none when it cannot be read. */
export function readHistory(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean).reverse().slice(0, mostEntries);
  } catch {
    return [];
  }
}

/** Writes the history, readable by its owner only. A history that cannot be written is no reason to fail. */
export function writeHistory(path: string, lines: readonly string[]): void {
  const kept = historyToKeep(lines);
  if (kept.length === 0) return;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const aside = `${path}.${process.pid}.partial`;
    writeFileSync(aside, `${[...kept].reverse().join("\n")}\n`, { mode: 0o600 });
    renameSync(aside, path);
    chmodSync(path, 0o600);
  } catch {
    // Only comfort is lost.
  }
}
