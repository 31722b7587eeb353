import type { Processor, Queue, QueueEvents, QueueEventsProducer, Worker, WorkerOptions } from "bullmq";

/** Files of an encrypted connection, PEM each. */
export interface StoreTls {
  /** Authorities to trust instead of the system's. */
  readonly caFile?: string;
  /** The client's own certificate, where the server asks for one. */
  readonly certificateFile?: string;
  /** Key of that certificate. */
  readonly keyFile?: string;
  /** Name the server's certificate must be for; that of the address when absent. */
  readonly serverName?: string;
}

/** How {@link openStore} is told. */
export interface StoreOptions {
  /**
   * `redis://`, `rediss://`, `postgres://` or `postgresql://`, with `user:password@` before the host where the server wants them, and
   * `/number` of a Redis database or `/name` of a PostgreSQL one after it. `SAMPAN_FLEET_STORE` when absent.
   */
  readonly url?: string;
  /** Keeps fleets on one server apart: what every key begins with, or the schema on PostgreSQL. Default: `sampan`. */
  readonly prefix?: string;
  /** Makes the connection an encrypted one. Of `rediss://` all may be absent. */
  readonly tls?: StoreTls;
  /** Where variables are looked up; `process.env` by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How a job was when it was looked at. */
export interface SeenJob {
  /** What it was in one of. */
  readonly states: readonly ("waiting" | "completed" | "failed")[];
  /** How many rows its log had. */
  readonly rows: number;
}

/** What a job was when its data were read. */
export interface ReadData {
  /** All that it held, as it was read. */
  readonly data: object;
  /** What it was in one of; whichever when absent. */
  readonly states?: readonly ("completed" | "failed")[];
}

/** What a worker is told besides where its store is, and how often it is asked for work: each kind of store has a way of its own. */
export type StoreWorkerOptions = Omit<
  WorkerOptions,
  "connection" | "prefix" | "drainDelay" | "runRetryDelay"
>;

/**
 * A store that many machines share, opened and found fit. What it hands out reports lost connections nowhere (they come back by
 * themselves); {@link FleetStore.available} tells of them.
 */
export interface FleetStore {
  readonly kind: "redis" | "postgres";
  /** Its address without the password, for people. */
  readonly address: string;
  /** What keeps its fleet apart from others on the server, as {@link StoreOptions.prefix}. */
  readonly prefix: string;
  /** What is wrong with the server and does not forbid its use, each one sentence. */
  readonly warnings: readonly string[];
  /** BullMQ itself, for its error classes. */
  readonly bullmq: typeof import("bullmq");
  /** The queue of that name; the same one for every call. */
  queue(name: string): Queue;
  /** Takes jobs of a queue; with a connection of its own to wait on. */
  worker(name: string, processor: Processor | null, options: StoreWorkerOptions): Worker;
  /** What happens in a queue, from now on; a new one for every call, with a connection of its own. */
  queueEvents(name: string): QueueEvents;
  /** Tells those who listen to a queue; the same one for every call. */
  producer(name: string): QueueEventsProducer;
  /**
   * Removes a job that nobody works on, with its log and all else kept of it, if it is as it was looked at; tells whether it did. Looking and
   * removing are one to everybody else: a job that is retried, or whose log grows, in that moment stays.
   */
  removeUnchanged(queue: string, id: string, seen: SeenJob): Promise<boolean>;
  /**
   * Writes the data of a job where they are still what was read, and tells whether it did. Comparing and writing are one to everybody else:
   * of several that write at once what each made of the same data, one does. A job that is gone stays so.
   */
  updateUnchanged(queue: string, id: string, read: ReadData, data: object): Promise<boolean>;
  /** Whether the last that was heard of the server is that it answers. */
  available(): boolean;
  /** Closes what it handed out, jobs in work left to whoever takes them next, and its connections. Waits 5 s for the server at most. */
  close(): Promise<void>;
}
