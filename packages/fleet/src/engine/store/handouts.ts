import type { Processor, Queue, QueueEvents, QueueEventsProducer, Worker } from "bullmq";
import type { StoreWorkerOptions } from "./store.ts";

/** How a kind of store makes each. */
export interface Makers {
  queue(name: string): Queue;
  producer(name: string): QueueEventsProducer;
  events(name: string): QueueEvents;
  worker(name: string, processor: Processor | null, options: StoreWorkerOptions): Worker;
}

type Made = Queue | QueueEventsProducer | QueueEvents | Worker;

const closeWithinMs = 5_000;
const giveUpWithinMs = 300;

/** What a store handed out, so that it can be shared and closed. */
export class Handouts {
  readonly #makers: Makers;
  readonly #queues = new Map<string, Queue>();
  readonly #producers = new Map<string, QueueEventsProducer>();
  #open: readonly { readonly made: Made; readonly close: () => Promise<unknown> }[] = [];

  constructor(makers: Makers) {
    this.#makers = makers;
  }

  queue(name: string): Queue {
    return this.#shared(this.#queues, name, (wanted) => this.#makers.queue(wanted));
  }

  producer(name: string): QueueEventsProducer {
    return this.#shared(this.#producers, name, (wanted) => this.#makers.producer(wanted));
  }

  queueEvents(name: string): QueueEvents {
    return this.#kept(this.#makers.events(name), (events) => events.close());
  }

  worker(name: string, processor: Processor | null, options: StoreWorkerOptions): Worker {
    // Forced: a job in work may take hours, and whoever is to end it first has done so.
    return this.#kept(this.#makers.worker(name, processor, options), (worker) => worker.close(true));
  }

  /** Closes all of them. Resolves after 5 s at the latest, and soon while the server is away: it must not hold a program. */
  async close(available: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, available ? closeWithinMs : giveUpWithinMs);
    });
    await Promise.race([Promise.allSettled(this.#open.map(({ close }) => close())), late]);
    clearTimeout(timer);
  }

  #shared<One extends Queue | QueueEventsProducer>(
    made: Map<string, One>,
    name: string,
    make: (name: string) => One,
  ): One {
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = this.#kept(make(name), (one) => one.close());
    made.set(name, fresh);
    return fresh;
  }

  #kept<One extends Made>(made: One, close: (made: One) => Promise<unknown>): One {
    // Without a listener a lost connection, which comes back by itself, would end the process.
    (made as NodeJS.EventEmitter).on("error", () => undefined);
    const open = this.#open.filter((one) => one.made.closing === undefined);
    this.#open = [...open, { made, close: () => close(made) }];
    return made;
  }
}
