import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SampanError } from "@sampan/core";
import { type Plan, parsePlan } from "../plan/plan.ts";
import { hostIdentity } from "../plan/sources.ts";
import { journalFailed } from "./journal-failed.ts";

/*
 * What lies in a home:
 *
 *   runs/<run-id>/plan.json        the plan, written before anything else
 *   runs/<run-id>/refresh.json     which run it refreshes, if it does; written before the plan
 *   runs/<run-id>/journal.ndjson   what happened
 *   runs/<run-id>/lock             who is working on it
 *   runs/<run-id>/handed-over.json to which fleet it was handed over, if it was
 *   runs/<run-id>/cancel           a request to stop, written by another process
 *   runs/<run-id>/control.sock     where who works on it listens, or control.path, which says where
 *   runs/<run-id>/runner-<n>.log   what a detached runner said at the run's n-th start
 *   runs/<run-id>/<artifact>       what stages keep, such as an overlay
 *   plans/<digest>                 the last run of a plan in a cloud, or of a plan's file
 *   locks/<digest>                 who is working on a host
 *   simulator/                     state of the built-in simulator
 */

/** Folder of one run. */
export function runFolder(home: string, runId: string): string {
  return join(home, "runs", runId);
}

/** Reads the plan of a run; `RUN_NOT_FOUND` when there is no such run. */
export function loadPlan(home: string, runId: string): Plan {
  const path = join(runFolder(home, runId), "plan.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId} in ${home}`, { cause: error });
  }
  try {
    return parsePlan(JSON.parse(text));
  } catch (error) {
    throw new SampanError("RUN_JOURNAL_CORRUPT", `reading ${path}`, { cause: error });
  }
}

/** Writes the plan of a new run, whole or not at all. */
export function savePlan(home: string, runId: string, plan: Plan): void {
  writeWhole(join(runFolder(home, runId), "plan.json"), `${JSON.stringify(plan, null, 2)}\n`);
}

/** True when the run has been started before. */
export function runExists(home: string, runId: string): boolean {
  return existsSync(join(runFolder(home, runId), "plan.json"));
}

/** The small file that remembers the last run of a plan in a cloud. */
export interface RunPointer {
  readonly path: string;
  /** Digest of the plan and its cloud. */
  readonly digest: string;
  read(): string | undefined;
}

export function runPointer(home: string, fingerprint: string, cloud: string): RunPointer {
  return pointerAt(home, `${fingerprint}\n${cloud}`);
}

/** The small file that remembers the last run of whatever plan came from one place, for one host, in a cloud. */
export function originPointer(home: string, origin: string, plan: Plan, cloud: string): RunPointer {
  const parts = ["origin", origin, hostIdentity(plan.source), cloud];
  return pointerAt(home, parts.join("\n"));
}

function pointerAt(home: string, of: string): RunPointer {
  const digest = shortDigest(of);
  const path = join(home, "plans", digest);
  return {
    path,
    digest,
    read() {
      try {
        const runId = readFileSync(path, "utf8").trim();
        return runExists(home, runId) ? runId : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Makes the pointer name a run. */
export function writePointer(pointer: RunPointer, runId: string): void {
  writeWhole(pointer.path, `${runId}\n`);
}

/** Path of the lock that keeps two runs from one host. */
export function hostLockPath(home: string, plan: Plan): string {
  return join(home, "locks", shortDigest(hostIdentity(plan.source)));
}

/** Path of the request to stop. */
export function cancelPath(home: string, runId: string): string {
  return join(runFolder(home, runId), "cancel");
}

/** Leaves a request to stop for whoever works on the run. */
export function requestCancel(home: string, runId: string, reason: string): void {
  writeWhole(cancelPath(home, runId), reason);
}

function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Writes a small file whole or not at all. */
export function writeWhole(path: string, text: string): void {
  const aside = `${path}.${process.pid}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(aside, text, { mode: 0o600, flush: true });
    renameSync(aside, path);
  } catch (error) {
    discard(aside);
    throw journalFailed(`writing ${path}`, path, error);
  }
}

/** Removes what was written in part, where that can be done. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What kept it from being written keeps it from being removed.
  }
}
