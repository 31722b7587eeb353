import { fromErrorRecord, SampanError } from "@sampan/core";
import type { Runner, RunStatus } from "@sampan/sdk";
import { createEmbeddedRunner } from "@sampan/sdk";
import { assertNotHandedOver, handedOverTo } from "@sampan/sdk/engine";
import { type HomeQuestion, homesAround } from "./home-folders.ts";

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
 * Finds a run by its id, by a beginning of it that fits only one, or, without an id, the newest that has not finished and is still its
 * home's.
 *
 * @throws `RUN_NOT_FOUND`; `RUN_HANDED_OVER` where only such runs are open; what makes a run unreadable.
 */
export async function findRun(question: HomeQuestion, id: string | undefined): Promise<FoundRun> {
  const runs = await listRuns(question);
  const exact = runs.find((run) => run.status.runId === id);
  if (exact) return readable(exact);
  const fitting =
    id === undefined
      ? runs.filter(isOpen).slice(0, 1)
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
  const over =
    id === undefined ? runs.find((run) => !isComplete(run.status) && isHandedOver(run)) : undefined;
  if (over !== undefined)
    assertNotHandedOver(over.home, over.status.runId, `looking for a run that has not finished ${where}`);
  throw new SampanError(
    "RUN_NOT_FOUND",
    id === undefined ? `looking for a run that has not finished ${where}` : `looking for run ${id} ${where}`,
    { hint: "`sampan runs` lists the runs; `--home DIR` or SAMPAN_HOME says where they lie." },
  );
}

/**
 * The cloud a run began in, as `--cloud` names it: that never changes, since its parts and tasks are nowhere else. `undefined` for one that
 * ended before it had begun in any, which gets the cloud that a start would.
 */
export function cloudFlag({ cloud }: Pick<RunStatus, "cloud">): "alibaba" | "simulator" | undefined {
  if (cloud.name === "unknown") return undefined;
  return cloud.name === "alibaba" ? "alibaba" : "simulator";
}

/** Whether something of a run is left to do here: one that a fleet goes on with is that fleet's. */
function isOpen(run: FoundRun): boolean {
  return !isComplete(run.status) && run.status.state !== "unreadable" && !isHandedOver(run);
}

function isHandedOver({ home, status }: FoundRun): boolean {
  return handedOverTo(home, status.runId) !== undefined;
}

/** A run whose record can be read, or the error that says why not. */
function readable(found: FoundRun): FoundRun {
  const { state, error } = found.status;
  if (state === "unreadable" && error !== null) throw fromErrorRecord(error);
  return found;
}
