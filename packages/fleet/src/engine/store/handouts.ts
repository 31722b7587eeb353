import type { Processor, Queue, QueueEvents, QueueEventsProducer, Worker } from "bullmq";
import type { StoreWorkerOptions } from "./store.ts";

/** How a kind of store makes each. */
export interface Makers {
  queue(name: string): Queue;
  producer(name: string): QueueEventsProducer;
  events(name: string): QueueEvents;
  worker(name: string, processor: Processor | null, options: StoreWorkerOptions): Worker;
}

const closeWithinMs = 5_000;

/** What a store handed out, so that it can be shared and closed. */
export class Handouts {
  readonly #makers: Makers;
  readonly #queues = new Map<string, Queue>();
  readonly #producers = new Map<string, QueueEventsProducer>();
  readonly #closing = new Set<() => Promise<unknown>>();

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

  /** Closes all of them, those that are closed already too. Resolves after 5 s at the latest: a server that is away must not hold a program. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeWithinMs);
    });
    await Promise.race([Promise.allSettled([...this.#closing].map((close) => close())), late]);
    clearTimeout(timer);
  }

  #shared<Made extends Queue | QueueEventsProducer>(
    made: Map<string, Made>,
    name: string,
    make: (name: string) => Made,
  ): Made {
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = this.#kept(make(name), (one) => one.close());
    made.set(name, fresh);
    return fresh;
  }

  #kept<Made extends Queue | QueueEventsProducer | QueueEvents | Worker>(
    made: Made,
    close: (made: Made) => Promise<unknown>,
  ): Made {
    // Without a listener a lost connection, which comes back by itself, would end the process.
    (made as NodeJS.EventEmitter).on("error", () => undefined);
    this.#closing.add(() => close(made));
    return made;
  }
}
