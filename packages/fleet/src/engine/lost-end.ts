import { SampanError } from "@sampan/core";
import type { StoredRun } from "./stored-runs.ts";

/**
 * Why nobody works on a run whose journal has no end: its job has ended all the same, given up by the store after many attempts.
 * `undefined` where it goes on, or has ended as it should.
 *
 * A run that is being started again looks so for a moment, between its new start and its job being taken out of those that have ended.
 */
export function lostEnd(
  { runId, job, data }: Pick<StoredRun, "runId" | "job" | "data">,
  journal: { hasEnded(epoch: number): boolean },
): SampanError | undefined {
  if (job.finishedOn === undefined || journal.hasEnded(data.epoch)) return undefined;
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
