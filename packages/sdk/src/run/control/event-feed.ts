import type { RunEvent } from "@sampan/core";

type Progress = Extract<RunEvent, { type: "stage.progress" }>;

/** Where a feed takes what is recorded from: a list that grows. */
export interface RecordedEvents {
  readonly recorded: readonly RunEvent[];
}

/**
 * Gives one reader the events of a run at the reader's own speed.
 *
 * What is recorded waits in the run's own list, of which the feed keeps a position, and of progress only the newest of each stage
 * waits: a reader that takes nothing costs nothing.
 */
export class EventFeed {
  readonly #log: RecordedEvents;
  readonly #waiting = new Map<string, Progress>();
  #next: number;

  constructor(log: RecordedEvents, after: number) {
    this.#log = log;
    const first = log.recorded.findIndex(({ seq }) => seq > after);
    this.#next = first === -1 ? log.recorded.length : first;
  }

  /** Takes progress, in place of what its stage had waiting. */
  progress(event: Progress): void {
    // Put at the end, so that the first is always the oldest.
    this.#waiting.delete(event.stage);
    this.#waiting.set(event.stage, event);
  }

  /** The next event in order, `undefined` when there is none now. */
  take(): RunEvent | undefined {
    const recorded = this.#log.recorded[this.#next];
    const [progress] = this.#waiting.values();
    if (progress !== undefined && (recorded === undefined || progress.seq < recorded.seq)) {
      this.#waiting.delete(progress.stage);
      return progress;
    }
    if (recorded !== undefined) this.#next++;
    return recorded;
  }
}
