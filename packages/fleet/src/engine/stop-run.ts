import { readRunData, type StopRequest } from "./run-data.ts";
import { isHeldBack } from "./run-job.ts";
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
  // One that is being taken over is taken back: its home has it, and whoever takes it over finds it gone.
  if (await isHeldBack(job)) {
    await queue.remove(runId);
    return;
  }
  const journal = new RunJournal(queue, runId);
  await journal.read();
  if (journal.hasEnded(data.epoch)) return;
  // What is written is the whole of its data: of a start that follows, nothing of it may be.
  const fresh = await queue.getJob(runId);
  if (fresh === undefined) return;
  const now = readRunData(runId, fresh.data);
  if (now.epoch !== data.epoch) return;
  // The first request stands.
  if (now.stop === null) await fresh.updateData({ ...(fresh.data as object), stop });
  at.signals.stop(runId);
  await takeBack(at.store, job);
}
