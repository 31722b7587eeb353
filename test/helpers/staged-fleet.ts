import {
  createFleetRunner,
  type FleetRunner,
  type FleetStore,
  type FleetWorker,
  type FleetWorkerOptions,
  openStore,
  startFleetWorker,
} from "@sampan/fleet/engine";
import { createEmbeddedRunner, Migration, type Plan } from "@sampan/sdk";
import { gate, newHostPlan, type StagedPipeline, untilAborted } from "@sampan/sdk/testing";
import { afterAll, afterEach, it as anyIt, beforeAll, expect } from "vitest";
import { postgresTools, startPostgresServer } from "./postgres-server.ts";
import { redisTools, startRedisServer } from "./redis-server.ts";
import { lacks } from "./requires.ts";
import type { StoreServer } from "./store-server.ts";
import { makeFolder } from "./temporary-folder.ts";

/** Kinds of stores, for `describe.each`. */
export const stores = [
  { kind: "Redis", tools: redisTools, start: startRedisServer },
  { kind: "PostgreSQL", tools: postgresTools, start: startPostgresServer },
] as const;

/** Queues of every store: where runs are jobs, what is known of them, and what their stages keep. */
export const runQueue = "sampan-runs-v1";
export const indexQueue = "sampan-index";
export const artifactQueue = "sampan-artifacts";

/** The cloud of the runs, which their stages never ask. */
export const noCloud = { kind: "simulator", endpoint: "http://localhost:1" } as const;

/** What the stages of such runs reach: nothing. */
export const noServices = {
  openHost: () => Promise.reject(new Error("no host in this test")),
  connect: () => Promise.reject(new Error("no cloud in this test")),
};

/** Fleets in one process whose stages a test writes: each test has a store of its own, and what it opened is closed after it. */
export interface StagedFleets {
  /** Skips where the server is not installed. */
  readonly it: typeof anyIt;
  readonly server: StoreServer;
  /** Where the fleet of this test lies. */
  storeOf(): { readonly url: string; readonly prefix: string };
  /** That store, opened: for looking into it, or for being made to fail. */
  openStore(): Promise<FleetStore>;
  runnerOf(pipeline: StagedPipeline, store?: FleetStore): FleetRunner;
  workerOf(pipeline: StagedPipeline, options?: Partial<FleetWorkerOptions>): Promise<FleetWorker>;
  closeLater(one: { close(): Promise<void> }): void;
}

/** Sets the server and what the tests of a `describe` open up. */
export function stagedFleets({ tools, start }: (typeof stores)[number]): StagedFleets {
  let server: StoreServer | undefined;
  let fleets = 0;
  let prefix = "";
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    if (!lacks(...tools)) server = await start();
  });
  afterAll(() => server?.close());
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    prefix = "";
  });
  const running = (): StoreServer => {
    if (server === undefined) throw new Error("the server is not running");
    return server;
  };
  const storeOf = () => {
    prefix ||= `fleet_${++fleets}`;
    return { url: running().url, prefix };
  };
  return {
    it: lacks(...tools) ? (anyIt.skip as typeof anyIt) : anyIt,
    get server() {
      return running();
    },
    storeOf,
    async openStore() {
      const store = await openStore(storeOf());
      opened.push(store);
      return store;
    },
    runnerOf(pipeline, store) {
      const runner = createFleetRunner({ store: store ?? storeOf(), cloud: noCloud, pipeline });
      opened.push(runner);
      return runner;
    },
    async workerOf(pipeline, options = {}) {
      const worker = await startFleetWorker({
        store: storeOf(),
        services: noServices,
        pipelines: [pipeline],
        leaseMs: 3000,
        stalledEveryMs: 1000,
        ...options,
      });
      opened.push(worker);
      return worker;
    },
    closeLater(one) {
      opened.push(one);
    },
  };
}

/** Waits until something holds; a question that fails does not hold. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20));
}

type Queue = ReturnType<FleetStore["queue"]>;

/** A store one of whose queues does something otherwise. */
export function changedStore(
  store: FleetStore,
  name: string,
  change: (queue: Queue) => Partial<Queue>,
): FleetStore {
  return {
    ...store,
    queue(asked) {
      const queue = store.queue(asked);
      if (asked !== name) return queue;
      const changed = change(queue) as Record<PropertyKey, unknown>;
      return new Proxy(queue, {
        get(target, property) {
          const value = changed[property] ?? Reflect.get(target, property, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  };
}

/** Another plan of the same host. */
export function otherPlan({ source }: Plan): Plan {
  return Migration.from(source.kind === "image-file" ? source.path : "")
    .assess()
    .plan();
}

/** A run that an embedded runner was ended in the middle of, and where it lies. */
export async function embeddedRun(pipeline: StagedPipeline) {
  const home = await makeFolder();
  pipeline.two.work = (_input, context) => untilAborted(context);
  const embedded = createEmbeddedRunner({ home, cloud: noCloud, pipeline, services: noServices });
  const plan = newHostPlan();
  const begun = embedded.start(plan);
  await until(async () => pipeline.two.calls === 1);
  begun.cancel();
  await expect(begun.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  pipeline.two.work = async () => null;
  return { home, embedded, plan, runId: begun.id };
}

/** A store that is held up where it writes data of jobs: `reached` opens when somebody wants to, who writes once `go` is opened. */
export function slowToWrite(store: FleetStore) {
  const [reached, go] = [gate(), gate()];
  const slow: FleetStore = {
    ...store,
    async updateUnchanged(...given) {
      reached.open();
      await go.opened;
      return store.updateUnchanged(...given);
    },
  };
  return { store: slow, reached, go };
}
