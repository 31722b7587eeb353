import type { BandwidthBudget } from "@sampan/cloud";
import type { Clock, Random, RunEvent } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import type { connectCloud, Pipeline, Services } from "@sampan/sdk/engine";
import type { Job } from "bullmq";
import type { FleetIndex } from "./fleet-index.ts";
import type { Lease } from "./lease.ts";
import type { SignalSender } from "./signals.ts";
import type { FleetStore } from "./store/store.ts";

/** What the parts of a worker share. */
export interface WorkerContext {
  readonly name: string;
  readonly store: FleetStore;
  readonly index: FleetIndex;
  readonly signals: SignalSender;
  /** Pipelines it has, by their version. */
  readonly pipelines: ReadonlyMap<number, Pipeline<Plan, unknown>>;
  readonly leaseMs: number;
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly bandwidth?: BandwidthBudget;
  /** What may be sent for a site; wins over `bandwidth`. */
  readonly siteBudgets: ReadonlyMap<string, BandwidthBudget & { workers: number }>;
  readonly openHost: Services["openHost"];
  readonly connect: typeof connectCloud;
  readonly active: ActiveWork;
  /** Told of what this process does. */
  readonly onEvent?: (event: RunEvent, of: WorkedOn) => void;
}

/** What a worker's event is of. */
export interface WorkedOn {
  /** The host, as given in the plan. */
  readonly title: string;
  readonly site: string | null;
}

/** One piece of work of this process. */
interface Work {
  readonly runId: string;
  /** Whether a run that is asked to stop needs it: bringing the run to its end, undoing what must not stay. */
  readonly endsRun: boolean;
  readonly lease: Lease;
}

/** What a process works on: each by the queue and id of its job, and what keeps two attempts at one stage apart. */
export class ActiveWork {
  readonly #work = new Map<string, Work>();
  readonly #turns = new Map<string, Promise<void>>();
  /** Whether nothing may be begun any more. */
  isClosing = false;

  add(job: Job, work: Work): void {
    this.#work.set(jobKey(job.queueName, job.id), work);
  }

  remove(job: Job, { lease }: Pick<Work, "lease">): void {
    const key = jobKey(job.queueName, job.id);
    // A later attempt at the same job may have taken its place.
    if (this.#work.get(key)?.lease === lease) this.#work.delete(key);
    lease.close();
  }

  get(queue: string, id: string): Work | undefined {
    return this.#work.get(jobKey(queue, id));
  }

  of(runId: string): readonly Work[] {
    return [...this.#work.values()].filter((work) => work.runId === runId);
  }

  all(): readonly Work[] {
    return [...this.#work.values()];
  }

  /** Does something once what this process did before under that key has stopped: its lease may have been lost while it still worked. */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key);
    let done = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#turns.set(key, turn);
    try {
      await before;
      return await work();
    } finally {
      done();
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }
}

function jobKey(queue: string, id: string | undefined): string {
  return `${queue} ${id}`;
}
