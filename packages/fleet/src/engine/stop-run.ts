import { changingError, mostTurns } from "./host-claims.ts";
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
  if (!(await isAsked(at.store, { runId, queue, job, data }, stop))) return;
  at.signals.stop(runId);
  await takeBack(at.store, job);
}

/** Writes that a start of a run is to stop, where that is not written yet; tells whether it is: not of one that another start has followed. */
async function isAsked(store: FleetStore, run: StoredRun, stop: StopRequest): Promise<boolean> {
  const { runId, queue, data } = run;
  let raw = run.job.data as object;
  for (let turn = 0; turn < mostTurns; turn++) {
    const now = readRunData(runId, raw);
    if (now.epoch !== data.epoch) return false;
    // The first request stands.
    if (now.stop !== null) return true;
    if (await store.updateUnchanged(queue.name, runId, { data: raw }, { ...raw, stop })) return true;
    const fresh = await queue.getJob(runId);
    if (fresh === undefined) return false;
    raw = fresh.data as object;
  }
  throw changingError(runId);
}
