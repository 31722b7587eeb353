import type { StopRequest } from "./run-data.ts";
import { RunJournal } from "./run-journal.ts";
import type { SignalSender } from "./signals.ts";
import type { FleetStore } from "./store/store.ts";
import type { StoredRun } from "./stored-runs.ts";
import { takeBack } from "./take-back.ts";

/**
 * Asks whoever works on a run to stop: those that do one of its stages are told at once, and what only waits is taken back. Resolves
 * when asked. A run that has ended stays as it is.
 */
export async function stopRun(
  at: { readonly store: FleetStore; readonly signals: SignalSender },
  { runId, queue, job, data }: StoredRun,
  stop: StopRequest,
): Promise<void> {
  const journal = new RunJournal(queue, runId);
  await journal.read();
  if (journal.hasEnded(data.epoch)) return;
  // The first request stands.
  if (data.stop === null) await job.updateData({ ...(job.data as object), stop });
  at.signals.stop(runId);
  await takeBack(at.store, job);
}
