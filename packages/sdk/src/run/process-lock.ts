import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isSampanError, SampanError } from "@sampan/core";
import { journalFailed } from "./journal-failed.ts";
import { isRunId } from "./run-id.ts";

/*
 * A lock is a file that names its owner. It comes into being whole: written aside, then linked to its name, which fails
 * when the name is taken. An owner that no longer lives leaves the file behind; process ids are used again, so an owner
 * is known by id, start time and boot together. A dead owner's file is moved away before it is judged once more, so
 * that of two processes that find it dead one cannot remove the lock the other has just taken.
 */

/** Who holds a lock. */
interface Owner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot; `null` where the system does not tell. */
  readonly started: string | null;
  readonly boot: string | null;
  readonly work?: LockedWork;
}

/** What a lock is held for. */
export interface LockedWork {
  readonly runId: string;
  /** Digest of the run's plan and cloud, which tells whether somebody else wants the same. */
  readonly plan: string;
}

/** A lock that is held. */
export interface ProcessLock {
  /** Gives it back; calling it twice is harmless. */
  release(): void;
}

/** Takes the lock at `path` for this process, or refuses with `RUN_LOCKED` naming the living owner, and what it works at. */
export function takeLock(path: string, what: string, work?: LockedWork): ProcessLock {
  const aside = `${path}.${process.pid}.${++made}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const own: Owner = { ...describeProcess(process.pid), ...(work === undefined ? {} : { work }) };
    writeFileSync(aside, JSON.stringify(own), { mode: 0o600, flush: true });
    for (let attempt = 0; attempt < 5; attempt++) {
      if (tryLink(aside, path)) return heldLock(path);
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) throw lockedError(path, what, owner);
      removeDead(path, `${aside}.dead`);
    }
    throw new SampanError("RUN_LOCKED", `${what} could not be locked: others keep taking it`, {
      details: { lock: path },
    });
  } catch (error) {
    if (isSampanError(error)) throw error;
    throw journalFailed(`locking ${what} at ${path}`, path, error);
  } finally {
    forget(aside);
  }
}

let made = 0;

function lockedError(path: string, what: string, owner: Owner): SampanError {
  const work = workOf(owner);
  const by = work === undefined ? `process ${owner.pid}` : `run ${work.runId} in process ${owner.pid}`;
  return new SampanError("RUN_LOCKED", `${what} is being worked on by ${by}`, {
    ...(work && {
      hint: `\`sampan attach ${work.runId}\` follows it, \`sampan cancel ${work.runId}\` stops it.`,
    }),
    details: { pid: owner.pid, lock: path, ...work },
  });
}

/** What an owner works at, where it says so. */
function workOf(owner: Owner): LockedWork | undefined {
  const { runId, plan } = (owner.work ?? {}) as Partial<LockedWork>;
  return typeof runId === "string" && isRunId(runId) && typeof plan === "string"
    ? { runId, plan }
    : undefined;
}

function heldLock(path: string): ProcessLock {
  let held = true;
  return {
    release() {
      if (held) forget(path);
      held = false;
    },
  };
}

/** Removes a file, where that can be done: on a disk that is read-only by now it stays, and counts as dead with its owner. */
function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The error that brought us here says more.
  }
}

function tryLink(aside: string, path: string): boolean {
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function removeDead(path: string, away: string): void {
  try {
    renameSync(path, away);
  } catch {
    return; // Someone else moved it first.
  }
  const owner = readOwner(away);
  // Another process took the lock between our look and the move: give it back.
  if (owner !== undefined && isAlive(owner)) tryLink(away, path);
  rmSync(away, { force: true });
}

/**
 * What a living process holds the lock at `path` for; `undefined` where nobody holds it, or only to look after what lies there, as whoever
 * deletes what a run left.
 */
export function lockedWork(path: string): LockedWork | undefined {
  const owner = readOwner(path);
  return owner !== undefined && isAlive(owner) ? workOf(owner) : undefined;
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  const now = describeProcess(owner.pid);
  if (owner.boot !== null && now.boot !== null && owner.boot !== now.boot) return false;
  if (owner.started !== null) return now.started === owner.started;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function describeProcess(pid: number): Owner {
  return { pid, started: startTicks(pid), boot: readText("/proc/sys/kernel/random/boot_id") };
}

/** Field 22 of /proc/PID/stat; the command name before it may hold spaces and parentheses. A zombie counts as gone. */
function startTicks(pid: number): string | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? null : (fields[19] ?? null);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
