import { WorkerPool } from "../workers/worker-pool.ts";
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

/** Streams given to a worker at once: few enough for all workers to have some, enough to make the message cheap. */
const streamsAtOnce = 16;

/** Inflates many deflate streams at once in worker threads. */
export class InflatePool {
  readonly #workers = new WorkerPool<InflateOrder, InflateAnswer>(
    "sampan-inflate",
    () => `(${inflateWorker.toString()})(require("node:worker_threads"), require("node:zlib"))`,
  );

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
      const order = { wrapping, packed, into, places: Float64Array.from(numbers) };
      orders.push(this.#workers.run(order).then(inflatedOf));
    }
    // All of them must have settled before the buffers are free again.
    const settled = await Promise.allSettled(orders);
    return settled.flatMap((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }
}

function inflatedOf(answer: InflateAnswer): Inflated[] {
  let failed = 0;
  return Array.from(answer.lengths, (length) =>
    length >= 0 ? length : (answer.failures[failed++] ?? "it is damaged"),
  );
}

/** The pool that all images of this process share: there are only so many cores. */
export const inflatePool = new InflatePool();
