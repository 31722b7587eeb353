import { type Clock, type RunEvent, throwIfCancelled } from "@sampan/core";
import { RunJournal } from "./run-journal.ts";
import type { SignalListener } from "./signals.ts";
import { isStoreAway } from "./store/store-away.ts";
import type { StoredRuns } from "./stored-runs.ts";

const lookEveryMs = 1000;

/**
 * Gives the events of a run from the first on, until it has ended: those of its journal, and what workers tell of its progress meanwhile.
 *
 * What is new in the journal is read as soon as somebody tells of it, and every second besides. While the store is away there is nothing
 * new.
 *
 * @throws `RUN_NOT_FOUND`; what the signal says, once it has aborted.
 */
export async function* watchRun(
  at: { readonly runs: StoredRuns; readonly heard: SignalListener; readonly clock: Clock },
  runId: string,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  const { queue } = await at.runs.get(runId);
  const journal = new RunJournal(queue, runId);
  let told: RunEvent[] = [];
  let isNew = true;
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
  signal?.addEventListener("abort", onAbort);
  try {
    for (;;) {
      throwIfCancelled(signal);
      isNew = false;
      for (const event of await orNothing(journal.read())) yield event;
      const progress = told;
      told = [];
      for (const event of progress) yield event;
      // A start that follows is asked for before it is recorded.
      if (journal.record.end !== null && (await hasEnded(at.runs, journal, runId))) return;
      if (isNew || told.length > 0) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEveryMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (isNew || signal?.aborted) wake();
      });
    }
  } finally {
    at.heard.off("journal", onJournal);
    at.heard.off("progress", onProgress);
    signal?.removeEventListener("abort", onAbort);
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
    if (!isStoreAway(error)) throw error;
    return false;
  }
}
