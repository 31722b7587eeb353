import type { Processor, Queue, QueueEvents, QueueEventsProducer, QueueOptions, Worker } from "bullmq";
import { isUnheard } from "../queue-names.ts";
import { within } from "../within.ts";
import type { FleetStore, StoreWorkerOptions } from "./store.ts";

/** How a kind of store makes each. */
export interface Makers {
  queue(name: string): Queue;
  producer(name: string): QueueEventsProducer;
  events(name: string): QueueEvents;
  worker(name: string, processor: Processor | null, options: StoreWorkerOptions): Worker;
}

type Made = Queue | QueueEventsProducer | QueueEvents | Worker;

/** A store that is away for a moment is asked for work again soon. In milliseconds. */
export const runRetryDelay = 1000;

// The servers remove events some hundreds at once, so fewer are not kept where less is said.
const unheardEvents = 100;
const closeWithinMs = 5_000;
const giveUpWithinMs = 300;

/** How long the closing of a store waits for its server, in milliseconds: soon over while that is away, since it must not hold a program. */
export function closeWaitMs(available: boolean): number {
  return available ? closeWithinMs : giveUpWithinMs;
}

/**
 * How a queue is made. The server writes down what happens in it, outlines of runs with it, which would stay for ten thousand events more
 * when their run is forgotten.
 */
export function queueOptions(name: string): Pick<QueueOptions, "streams"> {
  return isUnheard(name) ? { streams: { events: { maxLen: unheardEvents } } } : {};
}

/** What a store handed out, so that it can be shared and closed. */
export class Handouts implements Pick<FleetStore, "queue" | "producer" | "queueEvents" | "worker"> {
  readonly #makers: Makers;
  readonly #queues = new Map<string, Queue>();
  readonly #producers = new Map<string, QueueEventsProducer>();
  #open: readonly { readonly made: Made; readonly close: () => Promise<unknown> }[] = [];

  constructor(makers: Makers) {
    this.#makers = makers;
  }

  // Bound: stores give them on as they are.
  readonly queue = (name: string): Queue =>
    this.#shared(this.#queues, name, (wanted) => this.#makers.queue(wanted));

  readonly producer = (name: string): QueueEventsProducer =>
    this.#shared(this.#producers, name, (wanted) => this.#makers.producer(wanted));

  readonly queueEvents = (name: string): QueueEvents =>
    this.#kept(this.#makers.events(name), (events) => events.close());

  // Closed by force: a job in work may take hours, and whoever is to end it first has done so.
  readonly worker = (name: string, processor: Processor | null, options: StoreWorkerOptions): Worker =>
    this.#kept(this.#makers.worker(name, processor, options), (worker) => worker.close(true));

  /** Closes all of them. Resolves after {@link closeWaitMs} at the latest. */
  async close(available: boolean): Promise<void> {
    const all = Promise.allSettled(this.#open.map(({ close }) => close()));
    await within(closeWaitMs(available), all);
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
