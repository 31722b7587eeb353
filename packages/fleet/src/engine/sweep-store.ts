import { inTurns } from "@sampan/core";
import type { Job, Queue } from "bullmq";
import type { FleetIndex } from "./fleet-index.ts";
import type { SweptStore } from "./fleet-runner.ts";
import { anyQueue, artifactQueue, poolQueue, siteQueue } from "./queue-names.ts";
import { stageData } from "./run-data.ts";
import type { FleetStore } from "./store/store.ts";
import { holdsPieces } from "./store-artifacts.ts";
import type { StoredRuns } from "./stored-runs.ts";

/*
 * A run is forgotten by the removal of its job, in one step; what else there is of it is found here, by its not having a run any more. So
 * whoever is killed in between leaves nothing that the next does not find. Stages are added after their run. Artifacts and claims may be
 * there a moment before it: the young ones are left.
 */

const youngMs = 3_600_000;
const readAtOnce = 100;
const removedAtOnce = 16;

/** Removes what lies in the store for runs that are no longer there. */
export async function sweepStore(
  at: { readonly store: FleetStore; readonly index: FleetIndex; readonly runs: StoredRuns },
  nowMs: number,
): Promise<SweptStore> {
  const { store, index, runs } = at;
  const there = new Set<string>();
  // Each is asked for after something of it was seen, so that one that has just begun is known. One that is gone may come again.
  const isGone = async (runId: string): Promise<boolean> => {
    if (there.has(runId)) return false;
    const isThere = await runs.has(runId);
    if (isThere) there.add(runId);
    return !isThere;
  };
  const { sites, pools } = await index.registry();
  const queues = [anyQueue, ...sites.map(siteQueue), ...pools.map(({ name }) => poolQueue(name))];
  let stages = 0;
  for (const name of new Set(queues)) {
    const queue = store.queue(name);
    stages += await removeEach(queue, await orphansOf(queue, isGone));
  }
  const artifacts = store.queue(artifactQueue);
  const kept = await jobsOf(artifacts, "wait");
  const left = kept.filter(({ timestamp }) => timestamp < nowMs - youngMs);
  const ownerless = await inTurns(left, removedAtOnce, async (job) =>
    (await isOwned(job, isGone)) ? [] : [job],
  );
  const jobs = ownerless.flat();
  await removeEach(
    artifacts,
    jobs.filter(({ id = "" }) => holdsPieces(id)),
  );
  const whole = jobs.filter(({ id = "" }) => !holdsPieces(id));
  const swept = { stages, artifacts: await removeEach(artifacts, whole) };
  const entries = await inTurns(await index.entries(), removedAtOnce, (entry) =>
    index.forget(entry, isGone, nowMs - youngMs),
  );
  return { ...swept, claims: entries.filter((isForgotten) => isForgotten).length };
}

/** Stages nobody works on whose run is gone. */
async function orphansOf(queue: Queue, isGone: (runId: string) => Promise<boolean>): Promise<readonly Job[]> {
  const orphans: Job[] = [];
  for (const state of ["completed", "failed", "wait", "delayed"] as const) {
    for (const job of await jobsOf(queue, state)) {
      const data = stageData.safeParse(job.data);
      if (data.success && (await isGone(data.data.runId))) orphans.push(job);
    }
  }
  return orphans;
}

/** Whether a run is there that an artifact may be of. Ids of runs and names of artifacts may both have points. */
async function isOwned({ id = "" }: Job, isGone: (runId: string) => Promise<boolean>): Promise<boolean> {
  for (let point = id.indexOf("."); point !== -1; point = id.indexOf(".", point + 1))
    if (!(await isGone(id.slice(0, point)))) return true;
  return false;
}

async function jobsOf(
  queue: Queue,
  state: "completed" | "failed" | "wait" | "delayed",
): Promise<readonly Job[]> {
  const ids = await queue.getRanges([state], 0, -1);
  const jobs = await inTurns(ids, readAtOnce, (id) => queue.getJob(id));
  return jobs.filter((job) => job !== undefined);
}

async function removeEach(queue: Queue, jobs: readonly Job[]): Promise<number> {
  // One that somebody takes just now stays: it ends for want of its run, and is found again.
  const removed = await inTurns(jobs, removedAtOnce, ({ id = "" }) => queue.remove(id));
  return removed.reduce((sum, count) => sum + count, 0);
}
