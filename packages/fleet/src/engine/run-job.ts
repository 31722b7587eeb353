import { SampanError } from "@sampan/core";
import type { Job } from "bullmq";
import type { RunJournal } from "./run-journal.ts";
import type { StoredRun } from "./stored-runs.ts";

/** So long nobody takes a run up whose journal is not there yet; no other waits for so long. */
export const heldBackMs = 365 * 24 * 3600 * 1000;

/** Whether a run is one that is being taken over from a home, and still waits for its journal. */
export async function isHeldBack(job: Job): Promise<boolean> {
  return job.delay === heldBackMs && (await job.isDelayed());
}

/** Whether somebody is to bring a run forward; its last start has ended where not, or the store has given its job up after many attempts. */
export type RunStanding = "goes on" | "ended" | "given up";

/**
 * How a run stands by its job and by its journal, which was read after the job was: read before, it would not know of an end that was
 * recorded in between, and the run would look given up.
 *
 * It looks given up too while it is started again, between the writing of its new start and its job being taken out of those that have
 * ended: who means to say so asks twice.
 */
export function standingOf(
  { job, data }: Pick<StoredRun, "job" | "data">,
  journal: Pick<RunJournal, "record" | "hasEnded">,
): RunStanding {
  // It may have been started again since the job was read.
  const last = Math.max(data.epoch, journal.record.started?.attempt ?? 0);
  if (journal.hasEnded(last)) return "ended";
  return job.finishedOn === undefined || last > data.epoch ? "goes on" : "given up";
}

/** The error of a run that was given up. */
export function givenUpError({ runId, job }: Pick<StoredRun, "runId" | "job">): SampanError {
  const reason = job.failedReason === undefined || job.failedReason === "" ? "no reason" : job.failedReason;
  return new SampanError(
    "RUN_INTERRUPTED",
    `bringing run ${runId} forward: the store gave its job up (${reason})`,
    {
      hint: `\`sampan fleet resume ${runId}\` goes on with it.`,
      details: { runId, reason },
    },
  );
}
