import type { ChildProcess } from "node:child_process";
import { type EventEmitter, errorMonitor } from "node:events";
import { basename } from "node:path";
import { redactSecrets, secretsIn, shownArguments } from "@sampan/core";
import { onChannels } from "./channels.ts";
import type { Note } from "./debug-log.ts";

/** Longest argument that is written: scripts are arguments too. */
const longestArgument = 200;

/** Arguments as they are written; long ones, such as scripts, by their beginnings, without secrets: half of one would not be known for one. */
export function shortArguments(argv: readonly string[]): readonly string[] {
  return argv.map((word) => {
    if (word.length <= longestArgument) return word;
    return `${redactSecrets(word.slice(0, 10 * longestArgument), secretsIn(process.env)).slice(0, longestArgument)}…`;
  });
}

/**
 * Notes each program of this machine that this process starts, and how it ended: Node.js tells of all of them. Arguments are written where
 * Sampan made them up; of any other program, such as a user's own for credentials, how many it was given.
 */
export function notePrograms(note: Note): () => void {
  const area = "program";
  return onChannels({
    // Told before the program and its arguments are known.
    child_process: ({ process: child }: { process: ChildProcess }) => {
      const startedMs = performance.now();
      const tookMs = () => Math.round(performance.now() - startedMs);
      child.once("spawn", () => {
        const { spawnfile, spawnargs, pid } = child;
        const isShown = (child as { [shownArguments]?: unknown })[shownArguments] === true;
        const facts = isShown
          ? { argv: shortArguments(spawnargs) }
          : { name: basename(spawnfile), arguments: Math.max(0, spawnargs.length - 1) };
        note({ area, message: "started", facts: { child: pid, ...facts } });
      });
      child.once("exit", (exitCode, signal) => {
        const facts = { child: child.pid, name: basename(child.spawnfile) };
        const end = signal === null ? { exitCode } : { signal };
        note({ area, message: "ended", facts: { ...facts, ...end, tookMs: tookMs() } });
      });
      // Listening to the error itself would make it look as if somebody dealt with it.
      (child as EventEmitter).once(errorMonitor, (error: NodeJS.ErrnoException) => {
        const name = basename(child.spawnfile ?? "");
        note({
          area,
          message: "failed",
          facts: { name, code: error.code, syscall: error.syscall?.split(" ")[0] },
        });
      });
    },
  });
}
