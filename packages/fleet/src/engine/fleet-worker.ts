import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { BandwidthBudget } from "@sampan/cloud";
import { type Clock, type Random, SampanError, systemClock } from "@sampan/core";
import { openHost, type Plan } from "@sampan/sdk";
import { connectCloud, migrationPipeline, type Pipeline, type Services } from "@sampan/sdk/engine";
import type { Job, Worker } from "bullmq";
import { FleetIndex } from "./fleet-index.ts";
import type { FleetWorker } from "./fleet-runner.ts";
import { anyQueue, poolQueue, runQueue, siteQueue, workerLabel } from "./queue-names.ts";
import { readRunData } from "./run-data.ts";
import { processRun } from "./run-processor.ts";
import { SignalListener, SignalSender } from "./signals.ts";
import { SiteBudget } from "./site-budget.ts";
import { giveBack, processStage, stopError } from "./stage-processor.ts";
import { openFleetStore, type StoreChoice } from "./store-choice.ts";
import { within } from "./within.ts";
import { ActiveWork, type WorkerContext } from "./worker-context.ts";
import { workersOf } from "./workers-of.ts";

/** How {@link startFleetWorker} is told. */
export interface FleetWorkerOptions {
  readonly store: StoreChoice;
  /** Data centres whose disks it is near; none for a worker that does only what any may do. */
  readonly sites?: readonly string[];
  /** Whether it does what any worker may do: brings runs forward, waits for imports and copies. Default: yes. */
  readonly any?: boolean;
  /** What it is called where workers are listed. Default: the machine's name and the process's number. */
  readonly name?: string;
  readonly concurrency?: {
    /** Stages near the disks of each site at once. Default: 4. */
    readonly site?: number;
    /** Stages that any worker may do at once, and those of each limited resource; they mostly wait. Default: 100. */
    readonly any?: number;
  };
  /** What its uploads may send together. */
  readonly bandwidth?: BandwidthBudget;
  /**
   * What all workers of each of its sites may send together, in bytes a second: its uploads for a site share what falls to it, an equal
   * part by how many workers are alive there. Wins over `bandwidth`.
   */
  readonly siteBandwidth?: number;
  /** How long a worker may be silent before another takes its work, in milliseconds. Default: 15,000. */
  readonly leaseMs?: number;
  /** How often it is looked for work of silent workers, in milliseconds. Default: 5,000. */
  readonly stalledEveryMs?: number;
  /** Told of each event of the stages it works on, once that is recorded. */
  readonly onEvent?: NonNullable<WorkerContext["onEvent"]>;
  /** Pipelines it has, by their versions. Default: that of migrations. */
  readonly pipelines?: readonly Pipeline<Plan, unknown>[];
  readonly clock?: Clock;
  readonly random?: Random;
  /** Replaces what stages reach, for tests. */
  readonly services?: Partial<Pick<Services, "openHost">> & { readonly connect?: typeof connectCloud };
}

const lookEveryMs = 3000;
const countEveryMs = 10_000;
const closeWithinMs = 5000;
const usualSiteConcurrency = 4;

/**
 * Starts to work on what a fleet's store holds; what it does, whoever asked for it, is recorded there.
 *
 * It dials out only. When it dies or stands still, others go on with its work as soon as its leases end, from the last that was
 * recorded.
 */
export async function startFleetWorker(options: FleetWorkerOptions): Promise<FleetWorker> {
  const { sites = [], any = true, name = `${hostname()}-${process.pid}` } = options;
  for (const site of sites) siteQueue(site);
  if (!any && sites.length === 0)
    throw new SampanError("CORE_ARGUMENT", "starting a worker for no site that does not work for all either");
  const { store, close } = await openFleetStore(options.store);
  const { leaseMs = 15_000, stalledEveryMs = 5000, clock = systemClock, random = Math.random } = options;
  const pipelines = options.pipelines ?? [migrationPipeline];
  const context: WorkerContext = {
    name,
    store,
    index: new FleetIndex(store),
    signals: new SignalSender(store),
    pipelines: new Map(pipelines.map((pipeline) => [pipeline.version, pipeline])),
    leaseMs,
    home: join(tmpdir(), "sampan-fleet"),
    clock,
    random,
    ...(options.bandwidth === undefined ? {} : { bandwidth: options.bandwidth }),
    siteBudgets: siteBudgets(options, sites, clock),
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    openHost: options.services?.openHost ?? ((source) => openHost(source)),
    connect: options.services?.connect ?? connectCloud,
    active: new ActiveWork(),
  };
  const workers = new Map<string, Worker>();
  const serve = (
    queue: string,
    concurrency: number,
    work: (context: WorkerContext, job: Job, token: string | undefined) => Promise<object>,
  ): void => {
    if (workers.has(queue) || context.active.isClosing) return;
    const worker = store.worker(queue, (job, token) => work(context, job, token), {
      name: workerLabel(queue, name),
      concurrency,
      lockDuration: leaseMs,
      stalledInterval: stalledEveryMs,
      // A lease that ends says nothing against the work: it is taken over as often as that happens.
      maxStalledCount: 1000,
    });
    const of = (id: string) => context.active.get(queue, id)?.lease;
    worker.on("locksRenewed", ({ jobIds }) => {
      for (const id of jobIds) of(id)?.renewed();
    });
    worker.on("lockRenewalFailed", (jobIds) => {
      for (const id of jobIds) of(id)?.lose();
    });
    workers.set(queue, worker);
  };
  const { site: siteConcurrency = usualSiteConcurrency, any: anyConcurrency = 100 } =
    options.concurrency ?? {};
  const servePools = async (): Promise<void> => {
    for (const pool of (await context.index.registry()).pools) {
      serve(poolQueue(pool.name), anyConcurrency, processStage);
    }
  };

  const timers: NodeJS.Timeout[] = [];
  let heard: SignalListener | undefined;
  let pausing: Promise<unknown> | undefined;
  /** Takes nothing new; resolves when what is worked on has ended, and the store was told. */
  const pause = (): Promise<unknown> => {
    // A queue that was being waited on may still give a job: it goes back at once.
    context.active.isClosing = true;
    pausing ??= Promise.allSettled([...workers.values()].map((worker) => worker.pause()));
    return pausing;
  };
  const end = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    const ended = pause();
    for (const { lease } of context.active.all()) giveBack(lease, context);
    // A store that is away answers nobody: after a lease others have what could not be given back.
    await within(leaseMs, ended);
    // By force: what does not answer by now keeps its connection, and with it the process, from ending.
    const closed = [...workers.values()].map((worker) => worker.close(true));
    await within(closeWithinMs, Promise.allSettled([...closed, heard?.close()]));
    await close();
  };

  try {
    for (const site of sites) await context.index.register("site", site);
    for (const version of context.pipelines.keys()) await context.index.register("version", String(version));
    for (const site of sites) serve(siteQueue(site), siteConcurrency, processStage);
    if (any) {
      for (const version of context.pipelines.keys()) serve(runQueue(version), anyConcurrency, processRun);
      serve(anyQueue, anyConcurrency, processStage);
      await servePools();
    }
    heard = new SignalListener(store);
    const stopRun = (runId: string): void => void stopIfAsked(context, runId).catch(() => undefined);
    heard.on("stop", stopRun);
    if (any) heard.on("queues", () => void servePools().catch(() => undefined));
    // What was told while the line was down is found here.
    const look = (): void => {
      for (const runId of new Set(context.active.all().map((work) => work.runId))) stopRun(runId);
      if (any) servePools().catch(() => undefined);
    };
    const countWorkers = async (): Promise<void> => {
      for (const [site, budget] of context.siteBudgets)
        budget.workers = (await workersOf(store.queue(siteQueue(site)))).length;
    };
    timers.push(
      setInterval(look, lookEveryMs).unref(),
      setInterval(() => void countWorkers().catch(() => undefined), countEveryMs).unref(),
    );
    await Promise.all([...workers.values()].map((worker) => worker.waitUntilReady()));
    await countWorkers();
  } catch (error) {
    // What it has begun by now would be worked on by nobody who can end it.
    await end();
    throw error;
  }

  let closing: Promise<void> | undefined;
  return {
    name,
    async drain() {
      await pause();
    },
    close() {
      closing ??= end();
      return closing;
    },
  };
}

/** What a worker may send for each of its sites, where that is limited. */
function siteBudgets(
  { siteBandwidth, concurrency }: FleetWorkerOptions,
  sites: readonly string[],
  clock: Clock,
): WorkerContext["siteBudgets"] {
  if (siteBandwidth === undefined) return new Map();
  const uploads = concurrency?.site ?? usualSiteConcurrency;
  return new Map(
    sites.map((site) => [site, new SiteBudget({ bytesPerSecond: siteBandwidth, uploads, clock })]),
  );
}

/** Ends what this process does for a run that was asked to stop. */
async function stopIfAsked({ active, store, pipelines }: WorkerContext, runId: string): Promise<void> {
  const works = active.of(runId);
  if (works.length === 0) return;
  for (const version of pipelines.keys()) {
    const job = await store.queue(runQueue(version)).getJob(runId);
    if (job === undefined) continue;
    const error = stopError(runId, readRunData(runId, job.data));
    if (error === undefined) return;
    for (const { lease, endsRun } of works) if (!endsRun) lease.stop("stopped", error);
  }
}
