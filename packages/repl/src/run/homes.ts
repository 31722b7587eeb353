import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fromErrorRecord, SampanError } from "@sampan/core";
import type { Runner, RunStatus } from "@sampan/sdk";
import { createEmbeddedRunner } from "@sampan/sdk";

/** Where runs may lie. */
export interface HomeQuestion {
  /** `--home DIR`. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

// A folder of plans has few subfolders; one that has thousands is no place to search.
const mostSubfolders = 500;

/**
 * Folders that hold runs, nearest first. `--home` or `SAMPAN_HOME` names the only one; otherwise `.sampan` of the working
 * folder, of the folders above it, and of its direct subfolders, since runs lie beside their plans.
 */
export function homesAround(question: HomeQuestion): readonly string[] {
  const named = question.flag || question.env.SAMPAN_HOME;
  const candidates = named ? [resolve(question.cwd, named)] : [...foldersAround(question.cwd)].map(homeIn);
  return candidates.flatMap((home) => [home, demoHome(home)]).filter((home) => isFolder(join(home, "runs")));
}

/** Where `sampan demo` keeps its run. */
export function demoHome(home: string): string {
  return join(home, "demo", "home");
}

function homeIn(folder: string): string {
  return join(folder, ".sampan");
}

function* foldersAround(cwd: string): Generator<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) break;
  }
  let seen = 0;
  try {
    for (const entry of readdirSync(cwd, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if (++seen > mostSubfolders) return;
      yield join(cwd, entry.name);
    }
  } catch {
    // A folder that cannot be listed has no runs to offer.
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A run and the home it lies in. */
export interface FoundRun {
  readonly home: string;
  readonly status: RunStatus;
}

/** A runner that only looks at a home: it lists, follows and cancels, and never connects to a cloud. */
export function lookingRunner(home: string): Runner {
  return createEmbeddedRunner({ home, cloud: { kind: "simulator" } });
}

/** All runs of all homes around, newest first. */
export async function listRuns(question: HomeQuestion): Promise<readonly FoundRun[]> {
  const lists = await Promise.all(
    homesAround(question).map(async (home) =>
      (await lookingRunner(home).list()).map((status): FoundRun => ({ home, status })),
    ),
  );
  return lists.flat().sort((a, b) => (ageOf(a) < ageOf(b) ? 1 : -1));
}

/** What sorts runs by age: their start, and their id where it was never recorded. Ids alone are only good to the second. */
function ageOf({ status }: FoundRun): string {
  return `${status.startedAt.replace(/[^0-9]/g, "") || status.runId.replace(/[^0-9]/g, "")} ${status.runId}`;
}

/** True when nothing of its plan is left to do; a run that was told to stop after a step has finished without that. */
export function isComplete(status: RunStatus): boolean {
  return status.state === "finished" && status.result?.complete !== false;
}

/**
 * Finds a run by its id, by a beginning of it that fits only one, or, without an id, the newest that has not finished.
 *
 * @throws `RUN_NOT_FOUND`; what makes a run unreadable.
 */
export async function findRun(question: HomeQuestion, id: string | undefined): Promise<FoundRun> {
  const runs = await listRuns(question);
  const exact = runs.find((run) => run.status.runId === id);
  if (exact) return readable(exact);
  const fitting =
    id === undefined
      ? runs.filter(({ status }) => !isComplete(status) && status.state !== "unreadable").slice(0, 1)
      : runs.filter((run) => run.status.runId.startsWith(id));
  const [found] = fitting;
  if (found && fitting.length === 1) return readable(found);
  const homes = homesAround(question);
  const where = homes.length === 0 ? `around ${question.cwd}` : `in ${homes.join(", ")}`;
  if (fitting.length > 1) {
    throw new SampanError(
      "RUN_NOT_FOUND",
      `looking for run ${id}: ${fitting.length} runs begin so ${where}`,
      {
        hint: "Give the whole id; `sampan runs` lists them.",
      },
    );
  }
  throw new SampanError(
    "RUN_NOT_FOUND",
    id === undefined ? `looking for a run that has not finished ${where}` : `looking for run ${id} ${where}`,
    { hint: "`sampan runs` lists the runs; `--home DIR` or SAMPAN_HOME says where they lie." },
  );
}

/** A run whose record can be read, or the error that says why not. */
function readable(found: FoundRun): FoundRun {
  const { state, error } = found.status;
  if (state === "unreadable" && error !== null) throw fromErrorRecord(error);
  return found;
}
