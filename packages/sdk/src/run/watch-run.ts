import { type Clock, isFinalEvent, type RunEvent, throwIfCancelled } from "@sampan/core";
import { tryRemoveControl } from "./control/control-address.ts";
import { liveEvents } from "./control/control-client.ts";
import { journalReader } from "./journal.ts";

/**
 * Gives the events of a run that another process may be working on, from the first on, until it has ended or nobody works on it.
 *
 * They come from the run's journal, and while somebody works on it live from there, progress included. Where the runner does not
 * answer, what is new in the journal is looked for a few times a second.
 */
export async function* watchRun(
  folder: string,
  isWorkedOn: () => boolean,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  const read = journalReader(folder);
  // Only what is recorded is numbered for good: after a crash the numbers of lost progress are given again.
  let lastSeq = 0;
  let last: RunEvent | undefined;
  const isNew = (event: RunEvent): boolean => {
    if (event.type === "stage.progress") return true;
    if (event.seq <= lastSeq) return false;
    lastSeq = event.seq;
    last = event;
    return true;
  };
  for (;;) {
    // Asked before reading: what is written between the two is read in this round.
    const working = isWorkedOn();
    for (const event of read()) if (isNew(event)) yield event;
    if (!working) {
      tryRemoveControl(folder);
      return;
    }
    if (last !== undefined && isFinalEvent(last) && !isWorkedOn()) return;
    for await (const event of liveEvents(folder, lastSeq, signal)) if (isNew(event)) yield event;
    throwIfCancelled(signal);
    await clock.sleep(200, signal);
  }
}
