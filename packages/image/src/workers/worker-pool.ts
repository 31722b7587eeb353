import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SampanError } from "@sampan/core";

interface Crew<Answer> {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(answer: Answer): void; reject(error: unknown): void }>;
}

/** More do not pay: reading and writing cannot keep up with them. */
const maximumWorkers = 8;
const idleAfterMs = 2_000;

/**
 * Worker threads that all run one program: one a core and at most 8, started when there is work for them. They end when idle
 * for 2 s and do not keep the process alive when nothing is under way.
 */
export class WorkerPool<Order extends { readonly id: number }, Answer extends { readonly id: number }> {
  readonly #name: string;
  readonly #program: () => string;
  readonly #crews: Crew<Answer>[] = [];
  #nextId = 0;
  #idle: NodeJS.Timeout | undefined;

  /** `program` is the text of a CommonJS script that answers each order by a message with the same id. */
  constructor(name: string, program: () => string) {
    this.#name = name;
    this.#program = program;
  }

  /** How many workers there are at most. */
  get size(): number {
    return Math.min(maximumWorkers, availableParallelism());
  }

  /** Starts workers that will soon have something to do, without waiting for them. */
  prepare(): void {
    this.#postponeDismissal();
    while (this.#crews.length < this.size) this.#hire();
  }

  /**
   * Gives an order to the least busy worker.
   *
   * @throws `CORE_INTERNAL` when worker threads cannot be had, or one ends by itself.
   */
  run(order: Omit<Order, "id">): Promise<Answer> {
    const crew = this.#leastBusy();
    const id = this.#nextId++;
    return new Promise<Answer>((resolve, reject) => {
      if (crew.waiting.size === 0) crew.worker.ref();
      crew.waiting.set(id, { resolve, reject });
      crew.worker.postMessage({ ...order, id });
    });
  }

  #leastBusy(): Crew<Answer> {
    this.#postponeDismissal();
    const least = this.#crews.reduce<Crew<Answer> | undefined>(
      (best, crew) => (best && best.waiting.size <= crew.waiting.size ? best : crew),
      undefined,
    );
    const mayHaveMore = this.#crews.length < this.size;
    return least && (least.waiting.size === 0 || !mayHaveMore) ? least : this.#hire();
  }

  #hire(): Crew<Answer> {
    const worker = new Worker(this.#program(), {
      eval: true,
      name: this.#name,
      // Nothing that was preloaded into the program, and none of its secrets.
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 },
    });
    const crew: Crew<Answer> = { worker, waiting: new Map() };
    worker.on("message", (answer: Answer) => {
      const waiter = crew.waiting.get(answer.id);
      crew.waiting.delete(answer.id);
      if (crew.waiting.size === 0) worker.unref();
      waiter?.resolve(answer);
    });
    const lost = (cause?: unknown) => {
      const index = this.#crews.indexOf(crew);
      if (index >= 0) this.#crews.splice(index, 1);
      const error = new SampanError("CORE_INTERNAL", `a worker thread (${this.#name}) ended by itself`, {
        cause,
      });
      for (const waiter of crew.waiting.values()) waiter.reject(error);
      crew.waiting.clear();
    };
    worker.on("error", lost);
    worker.on("exit", () => lost());
    worker.unref();
    this.#crews.push(crew);
    return crew;
  }

  #postponeDismissal(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#dismiss(), idleAfterMs).unref();
  }

  #dismiss(): void {
    const idle = this.#crews.filter((crew) => crew.waiting.size === 0);
    for (const crew of idle) {
      this.#crews.splice(this.#crews.indexOf(crew), 1);
      void crew.worker.terminate();
    }
    if (this.#crews.length > 0) this.#postponeDismissal();
  }
}
