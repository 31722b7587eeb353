import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SampanError } from "@sampan/core";
import { type InflateAnswer, type InflateOrder, inflateWorker } from "./inflate-worker.ts";

/** A deflate stream, and where what it unpacks to goes. */
export interface InflatePlace {
  /** Where the stream begins in the packed bytes, and how long it is; bytes behind its end are ignored. */
  readonly from: number;
  readonly length: number;
  /** Where in the target its bytes go, and at most how many; a stream that holds more is refused. */
  readonly to: number;
  readonly room: number;
}

/** How many bytes a stream gave, or the code zlib gave when it failed. */
export type Inflated = number | string;

interface Crew {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(answer: InflateAnswer): void; reject(error: unknown): void }>;
}

/** More do not pay: reading and writing cannot keep up with them. */
const maximumWorkers = 8;
/** Streams given to a worker at once: few enough for all workers to have some, enough to make the message cheap. */
const streamsAtOnce = 16;
const idleAfterMs = 2_000;

/**
 * Inflates many deflate streams at once in worker threads, one a core and at most 8, which start with the first batch, end when
 * idle for 2 s, and do not keep the process alive when nothing is under way.
 */
export class InflatePool {
  readonly #crews: Crew[] = [];
  #nextId = 0;
  #idle: NodeJS.Timeout | undefined;

  /**
   * Inflates streams of `packed` into `into`; both must lie in shared memory and belong to the pool until this settles. Gives
   * for each stream how many bytes it gave, or why it failed: one bad stream does not harm the others.
   *
   * @throws `CORE_INTERNAL` when worker threads cannot be had.
   */
  async inflate(
    packed: Uint8Array,
    wrapping: "zlib" | "raw",
    into: Uint8Array,
    places: readonly InflatePlace[],
  ): Promise<Inflated[]> {
    const orders: Promise<Inflated[]>[] = [];
    for (let first = 0; first < places.length; first += streamsAtOnce) {
      const numbers = places
        .slice(first, first + streamsAtOnce)
        .flatMap(({ from, length, to, room }) => [from, length, to, room]);
      const order = { id: this.#nextId++, wrapping, packed, into, places: Float64Array.from(numbers) };
      orders.push(this.#order(order));
    }
    // All of them must have settled before the buffers are free again.
    const settled = await Promise.allSettled(orders);
    return settled.flatMap((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  async #order(order: InflateOrder): Promise<Inflated[]> {
    const crew = this.#leastBusy();
    const answer = await new Promise<InflateAnswer>((resolve, reject) => {
      if (crew.waiting.size === 0) crew.worker.ref();
      crew.waiting.set(order.id, { resolve, reject });
      crew.worker.postMessage(order);
    });
    let failed = 0;
    return Array.from(answer.lengths, (length) =>
      length >= 0 ? length : (answer.failures[failed++] ?? "it is damaged"),
    );
  }

  #leastBusy(): Crew {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#dismiss(), idleAfterMs).unref();
    const least = this.#crews.reduce<Crew | undefined>(
      (best, crew) => (best && best.waiting.size <= crew.waiting.size ? best : crew),
      undefined,
    );
    const mayHaveMore = this.#crews.length < Math.min(maximumWorkers, availableParallelism());
    return least && (least.waiting.size === 0 || !mayHaveMore) ? least : this.#hire();
  }

  #hire(): Crew {
    const program = `(${inflateWorker.toString()})(require("node:worker_threads"), require("node:zlib"))`;
    const worker = new Worker(program, {
      eval: true,
      name: "sampan-inflate",
      // Nothing that was preloaded into the program, and none of its secrets.
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 },
    });
    const crew: Crew = { worker, waiting: new Map() };
    worker.on("message", (answer: InflateAnswer) => {
      const waiter = crew.waiting.get(answer.id);
      crew.waiting.delete(answer.id);
      if (crew.waiting.size === 0) worker.unref();
      waiter?.resolve(answer);
    });
    const lost = (cause?: unknown) => {
      const index = this.#crews.indexOf(crew);
      if (index >= 0) this.#crews.splice(index, 1);
      const error = new SampanError("CORE_INTERNAL", "a worker thread that inflates ended by itself", {
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

  #dismiss(): void {
    const idle = this.#crews.filter((crew) => crew.waiting.size === 0);
    for (const crew of idle) {
      this.#crews.splice(this.#crews.indexOf(crew), 1);
      void crew.worker.terminate();
    }
    if (this.#crews.length > 0) this.#idle = setTimeout(() => this.#dismiss(), idleAfterMs).unref();
  }
}

/** The pool that all images of this process share: there are only so many cores. */
export const inflatePool = new InflatePool();
