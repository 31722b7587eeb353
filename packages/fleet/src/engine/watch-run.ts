import { type Clock, isSampanError, type RunEvent, type SampanError, throwIfCancelled } from "@sampan/core";
import { leftError } from "@sampan/sdk/engine";
import { orAborted } from "./or-aborted.ts";
import { givenUpError, standingOf } from "./run-job.ts";
import { RunJournal } from "./run-journal.ts";
import type { SignalListener } from "./signals.ts";
import { isStoreAway } from "./store/store-away.ts";
import type { StoredRuns } from "./stored-runs.ts";

const lookEveryMs = 1000;
const giveUpMs = 2000;

interface WatchedRuns {
  readonly runs: StoredRuns;
  readonly heard: SignalListener;
  readonly clock: Clock;
}

/**
 * Gives the events of a run from the first on, until it has ended: those of its journal, and what workers tell of its progress meanwhile.
 *
 * What is new in the journal is read as soon as somebody tells of it, and every second besides. While the store is away there is nothing
 * new.
 *
 * @throws `RUN_NOT_FOUND`; `RUN_INTERRUPTED` where the store gave the run's job up; what the signal says, once it has aborted; `CORE_CANCELLED`
 * once `closed` has, whose details say `left`. The last two also while the store is away.
 */
export async function* watchRun(
  at: WatchedRuns & { readonly closed: AbortSignal },
  runId: string,
  outer?: AbortSignal,
): AsyncGenerator<RunEvent> {
  const ending = new AbortController();
  const { signal } = ending;
  const onClosed = (): void => ending.abort(leftError(runId));
  const onOuter = (): void => ending.abort(outer?.reason);
  if (at.closed.aborted) onClosed();
  if (outer?.aborted) onOuter();
  at.closed.addEventListener("abort", onClosed);
  outer?.addEventListener("abort", onOuter);
  try {
    yield* watchUntil(at, runId, signal);
  } finally {
    at.closed.removeEventListener("abort", onClosed);
    outer?.removeEventListener("abort", onOuter);
  }
}

async function* watchUntil(at: WatchedRuns, runId: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
  const { queue } = await orAborted(at.runs.get(runId), signal);
  const journal = new RunJournal(queue, runId);
  let told: RunEvent[] = [];
  let isNew = true;
  let lookedMs = at.clock.monotonic();
  let wasLost = false;
  let wake = (): void => undefined;
  const onJournal = (id: string): void => {
    if (id !== runId) return;
    isNew = true;
    wake();
  };
  const onProgress = (event: RunEvent): void => {
    if (event.runId !== runId) return;
    told.push(event);
    wake();
  };
  const onAbort = (): void => wake();
  at.heard.on("journal", onJournal);
  at.heard.on("progress", onProgress);
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      throwIfCancelled(signal);
      isNew = false;
      for (const event of await orNothing(orAborted(journal.read(), signal))) yield event;
      const progress = told;
      told = [];
      for (const event of progress) yield event;
      // A start that follows is asked for before it is recorded.
      if (journal.record.end !== null && (await orAborted(hasEnded(at.runs, journal, runId), signal))) return;
      if (at.clock.monotonic() - lookedMs > giveUpMs) {
        const lost = await orAborted(lostOf(at.runs, journal, runId), signal);
        // One that is just being started again looks lost for a moment.
        if (lost !== undefined && wasLost) throw lost;
        wasLost = lost !== undefined;
        lookedMs = at.clock.monotonic();
      }
      if (isNew || told.length > 0) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEveryMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (isNew || signal.aborted) wake();
      });
    }
  } finally {
    at.heard.off("journal", onJournal);
    at.heard.off("progress", onProgress);
    signal.removeEventListener("abort", onAbort);
  }
}

/** What was read; nothing where the store could not be asked, which is done again soon. */
async function orNothing(read: Promise<readonly RunEvent[]>): Promise<readonly RunEvent[]> {
  try {
    return await read;
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    return [];
  }
}

/** Whether the last start of a run has ended, as far as the store can be asked. */
async function hasEnded(runs: StoredRuns, journal: RunJournal, runId: string): Promise<boolean> {
  try {
    return journal.hasEnded((await runs.get(runId)).data.epoch);
  } catch (error) {
    // One that is forgotten has ended.
    if (isSampanError(error, "RUN_NOT_FOUND")) return true;
    if (!isStoreAway(error)) throw error;
    return false;
  }
}

/** Why nobody works on a run any more, where its job was given up; as far as the store can be asked. */
async function lostOf(
  runs: StoredRuns,
  journal: RunJournal,
  runId: string,
): Promise<SampanError | undefined> {
  try {
    const run = await runs.get(runId);
    return standingOf(run, journal) === "given up" ? givenUpError(run) : undefined;
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    return undefined;
  }
}
