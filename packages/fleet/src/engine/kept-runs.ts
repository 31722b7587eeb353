import { inTurns, isSampanError } from "@sampan/core";
import type { Queue } from "bullmq";
import type { KeptRun } from "./fleet-runner.ts";
import { artifactQueue } from "./queue-names.ts";
import { readRows } from "./read-rows.ts";
import { RunJournal } from "./run-journal.ts";
import type { FleetStore } from "./store/store.ts";
import type { StoredRuns } from "./stored-runs.ts";

const readAtOnce = 16;

/** What the store keeps of runs. */
export async function keptRuns(
  at: { readonly store: FleetStore; readonly runs: StoredRuns },
  runIds: readonly string[],
): Promise<ReadonlyMap<string, KeptRun>> {
  const artifacts = at.store.queue(artifactQueue);
  const names = runIds.length === 0 ? [] : await artifacts.getRanges(["wait"], 0, -1);
  const kept = await inTurns(runIds, readAtOnce, async (runId): Promise<readonly [string, KeptRun][]> => {
    const run = await at.runs.find(runId).catch((error) => {
      if (isSampanError(error, "RUN_JOURNAL_CORRUPT")) return undefined;
      throw error;
    });
    if (run === undefined) return [];
    const { queue, job } = run;
    const journal = new RunJournal(queue, runId);
    await journal.read();
    let bytes = Buffer.byteLength(JSON.stringify(job.data)) + (await bytesOfLog(queue, runId));
    for (const name of names.filter((one) => one.startsWith(`${runId}.`)))
      bytes += await bytesOfArtifact(artifacts, name);
    return [[runId, { bytes, resources: journal.resources }]];
  });
  return new Map(kept.flat());
}

async function bytesOfLog(queue: Queue, job: string): Promise<number> {
  let bytes = 0;
  for await (const row of readRows(queue, job, 0)) bytes += Buffer.byteLength(row);
  return bytes;
}

/**
 * By its first and last rows: of the pieces of a save, which may be many, all but the last are as large as the first; and the saves of an
 * artifact, in a job of their own, are as long as each other but for a digit.
 */
async function bytesOfArtifact(queue: Queue, job: string): Promise<number> {
  const { logs: first, count } = await queue.getJobLogs(job, 0, 0, true);
  const { logs: last } = await queue.getJobLogs(job, Math.max(1, count - 2), count - 1, true);
  const lengthOf = (rows: readonly string[]): number =>
    rows.reduce((sum, row) => sum + Buffer.byteLength(row), 0);
  return lengthOf(first) * Math.max(1, count - last.length) + lengthOf(last);
}
