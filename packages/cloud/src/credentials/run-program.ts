import { spawn } from "node:child_process";
import { SampanError } from "@sampan/core";
import type { Environment } from "./ports.ts";

const maxOutputBytes = 64 * 1024;
const timeoutMs = 60_000;

/**
 * Takes a command line apart into arguments: spaces part them, single and double quotes keep them together, a backslash
 * outside of single quotes takes the next character as it is. Nothing is expanded; no shell is involved.
 *
 * @returns `undefined` for an empty line or a quote without an end.
 */
export function splitCommand(line: string): readonly string[] | undefined {
  const argv: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === "\\" && quote !== "'" && at + 1 < line.length) {
      word = (word ?? "") + line[++at];
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") return undefined;
  if (word !== undefined) argv.push(word);
  return argv.length === 0 || argv[0] === "" ? undefined : argv;
}

/**
 * Runs a program without a shell and gives what it printed, at most 64 KiB within 60 s. What it says on stderr is
 * thrown away: it may repeat what it was asked to hide.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` with how it ended, never with a part of its command line.
 */
export function runProgram(argv: readonly string[], env: Environment, signal: AbortSignal): Promise<string> {
  const [program = "", ...rest] = argv;
  const fail = (found: string) =>
    new SampanError("CLOUD_CREDENTIALS_INVALID", `running a profile's program for credentials: ${found}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { env, stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (found: string) => {
      child.kill("SIGKILL");
      settle();
      reject(fail(found));
    };
    const timer = setTimeout(() => stop(`it did not end within ${timeoutMs / 1000} s`), timeoutMs);
    const onAbort = () => stop("it was stopped");
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      child.stdout.destroy();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) stop("it printed more than 64 KiB");
      else chunks.push(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      settle();
      reject(fail(`it cannot be started (${error.code ?? "unknown"})`));
    });
    child.on("close", (code) => {
      settle();
      if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else reject(fail(code === null ? "it was killed" : `it ended with exit code ${code}`));
    });
  });
}
