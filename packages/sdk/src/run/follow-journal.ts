import { type Clock, isFinalEvent, type RunEvent } from "@sampan/core";

/**
 * Gives the events of a journal that another process may be writing: those there, then new ones, until the run has
 * ended or nobody works on it.
 */
export async function* followJournal(
  read: () => readonly RunEvent[],
  isWorkedOn: () => boolean,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  let seen = 0;
  for (;;) {
    // Asked before reading: what is written between the two is read in this round.
    const working = isWorkedOn();
    const events = read();
    for (const event of events.slice(seen)) yield event;
    seen = events.length;
    const last = events.at(-1);
    if (!working || (last !== undefined && isFinalEvent(last) && !isWorkedOn())) return;
    await clock.sleep(200, signal);
  }
}
