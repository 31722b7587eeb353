import { type Clock, eventVersion, type RunEvent, type RunEventBody } from "@sampan/core";
import { Observable, Subject } from "rxjs";
import type { Journal } from "./journal.ts";
import { tellRunEvent } from "./run-channels.ts";

/*
 * Events are numbered when they are emitted, written to the journal in that order, and only then shown to anybody.
 * Events that arrive while a write is under way share the next one, so a burst costs one flush to disk.
 */

interface Pending {
  readonly event: RunEvent;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** Numbers, records and publishes the events of one run. */
export class EventLog {
  readonly #journal: Journal;
  readonly #runId: string;
  readonly #clock: Clock;
  readonly #kept: RunEvent[];
  readonly #live = new Subject<RunEvent>();
  #seq: number;
  #queue: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #onLost: (error: unknown) => void = () => undefined;

  constructor(journal: Journal, runId: string, clock: Clock) {
    this.#journal = journal;
    this.#runId = runId;
    this.#clock = clock;
    this.#kept = [...journal.events];
    this.#seq = this.#kept.at(-1)?.seq ?? 0;
  }

  /** Every event from the first on, then live ones; only past progress is left out. Completes at the end of this start. */
  readonly events: Observable<RunEvent> = new Observable((subscriber) => {
    for (const event of [...this.#kept]) subscriber.next(event);
    return this.#live.subscribe(subscriber);
  });

  /** Every event so far, of earlier starts too; without progress. */
  get recorded(): readonly RunEvent[] {
    return this.#kept;
  }

  /** Records an event; it is on disk and published when the promise resolves. */
  emit(body: RunEventBody): Promise<void> {
    const event = this.#event(body);
    return new Promise((written, failed) => {
      this.#queue.push({ event, written, failed });
      this.#flushing ??= this.#flush();
    });
  }

  /** Calls `listener` with the error as soon as something cannot be recorded, whoever waits for it: nothing may be done any more. */
  whenLost(listener: (error: unknown) => void): void {
    this.#onLost = listener;
  }

  /** Shows an event that could not be recorded, such as the one that says so. */
  tell(body: RunEventBody): void {
    this.#live.next(this.#event(body));
  }

  /** Ends the live stream; what was emitted before is published first. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#live.complete();
  }

  #event(body: RunEventBody): RunEvent {
    tellRunEvent(this.#runId, body);
    return {
      v: eventVersion,
      runId: this.#runId,
      seq: ++this.#seq,
      at: new Date(this.#clock.now()).toISOString(),
      ...body,
    } as RunEvent;
  }

  async #flush(): Promise<void> {
    // A turn's pause lets everything emitted together share one write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const lasting = batch.map(({ event }) => event).filter((event) => event.type !== "stage.progress");
      try {
        if (lasting.length > 0) await this.#journal.append(lasting);
      } catch (error) {
        this.#onLost(error);
        for (const { failed } of batch) failed(error);
        continue;
      }
      for (const { event, written } of batch) {
        if (event.type !== "stage.progress") this.#kept.push(event);
        this.#live.next(event);
        written();
      }
    }
    this.#flushing = undefined;
  }
}
