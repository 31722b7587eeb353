import type { StopRequest } from "./run-data.ts";
import { RunJournal } from "./run-journal.ts";
import type { SignalSender } from "./signals.ts";
import type { FleetStore } from "./store/store.ts";
import type { StoredRuns } from "./stored-runs.ts";
import { takeBack } from "./take-back.ts";

/**
 * Asks whoever works on a run to stop: those that do one of its stages are told at once, and what only waits is taken back. Resolves
 * when asked. A run that has ended stays as it is.
 *
 * @throws `RUN_NOT_FOUND` when there is no such run.
 */
export async function stopRun(
  at: { readonly store: FleetStore; readonly runs: StoredRuns; readonly signals: SignalSender },
  runId: string,
  stop: StopRequest,
): Promise<void> {
  const { queue, job, data } = await at.runs.get(runId);
  const journal = new RunJournal(queue, runId);
  await journal.read();
  if (journal.hasEnded(data.epoch)) return;
  // The first request stands.
  if (data.stop === null) await job.updateData({ ...(job.data as object), stop });
  at.signals.stop(runId);
  await takeBack(at.store, job);
}
