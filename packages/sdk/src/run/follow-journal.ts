import { type Clock, isFinalEvent, type RunEvent } from "@sampan/core";

/**
 * Gives the events of a journal that another process may be writing: those there, then new ones, until the run has
 * ended or nobody works on it. `read` gives what is new since it was last called.
 */
export async function* followJournal(
  read: () => readonly RunEvent[],
  isWorkedOn: () => boolean,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  let last: RunEvent | undefined;
  for (;;) {
    // Asked before reading: what is written between the two is read in this round.
    const working = isWorkedOn();
    const events = read();
    yield* events;
    last = events.at(-1) ?? last;
    if (!working || (last !== undefined && isFinalEvent(last) && !isWorkedOn())) return;
    await clock.sleep(200, signal);
  }
}
