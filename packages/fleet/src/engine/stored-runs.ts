import { inTurns, type RunEvent, SampanError, toErrorRecord } from "@sampan/core";
import { isRunId, statusOf, unreadableStatus } from "@sampan/sdk/engine";
import type { Job, Queue } from "bullmq";
import type { FleetIndex } from "./fleet-index.ts";
import type { Forgetting, StoredRunStatus } from "./fleet-runner.ts";
import { parseJobKey, runQueue, siteQueue } from "./queue-names.ts";
import { type RunData, readRunData } from "./run-data.ts";
import { givenUpError, isHeldBack, standingOf } from "./run-job.ts";
import { RunJournal } from "./run-journal.ts";
import { RunOutline } from "./run-outline.ts";
import type { FleetStore } from "./store/store.ts";
import { workersOf } from "./workers-of.ts";

/** A run as it lies in the store. */
export interface StoredRun {
  readonly runId: string;
  readonly queue: Queue;
  readonly job: Job;
  readonly data: RunData;
}

const states = [
  "active",
  "wait",
  "waiting-children",
  "delayed",
  "prioritized",
  "completed",
  "failed",
] as const;

// So many requests are under way at once: enough for a store that is far away. All of thousands at once would wait for PostgreSQL's few
// connections longer than anybody waits for one.
const readAtOnce = 100;

/** Finds and reads the runs of a store. */
export class StoredRuns {
  readonly #store: FleetStore;
  readonly #index: FleetIndex;
  readonly #ownVersion: number;

  constructor(store: FleetStore, index: FleetIndex, ownVersion: number) {
    this.#store = store;
    this.#index = index;
    this.#ownVersion = ownVersion;
  }

  /** A run by its id, of whatever version; `undefined` when there is none. */
  async find(runId: string): Promise<StoredRun | undefined> {
    if (!isRunId(runId)) return undefined;
    const own = await this.#findIn(runId, this.#ownVersion);
    if (own !== undefined) return own;
    for (const version of (await this.#index.registry()).versions) {
      const found = version === this.#ownVersion ? undefined : await this.#findIn(runId, version);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** As {@link find}; `RUN_NOT_FOUND` when there is none. */
  async get(runId: string): Promise<StoredRun> {
    const found = await this.find(runId);
    if (found !== undefined) return found;
    throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId} in ${this.#store.address}`);
  }

  /** Whether there is a run of that id, of whatever version, readable or not. */
  async has(runId: string): Promise<boolean> {
    if (!isRunId(runId)) return false;
    for (const version of new Set([this.#ownVersion, ...(await this.#index.registry()).versions]))
      if ((await this.#store.queue(runQueue(version)).getJob(runId)) !== undefined) return true;
    return false;
  }

  /** Removes a run that has ended, by the rules of `FleetRunner.forget`. */
  async forget(runId: string, isAlso: { readonly resumable?: boolean }): Promise<Forgetting> {
    const run = await this.get(runId);
    const outline = new RunOutline(run.queue, run.job);
    await outline.read();
    const { record } = outline;
    if (standingOf(run, outline) === "goes on") return "goes on";
    const isComplete = record.end === "finished" && record.result?.complete !== false;
    if (!isComplete && isAlso.resumable !== true) return "resumable";
    const seen = { states: ["completed", "failed"] as const, rows: outline.rows };
    return (await this.#store.removeUnchanged(run.queue.name, runId, seen)) ? "forgotten" : "changed";
  }

  async status(runId: string): Promise<StoredRunStatus> {
    return this.#statusOf(await this.get(runId));
  }

  async list(): Promise<readonly StoredRunStatus[]> {
    const versions = new Set([this.#ownVersion, ...(await this.#index.registry()).versions]);
    const found: { readonly runId: string; readonly queue: Queue }[] = [];
    for (const version of versions) {
      const queue = this.#store.queue(runQueue(version));
      // A job that changes its state while they are read may be in both.
      const ids = new Set(await queue.getRanges([...states], 0, -1));
      for (const runId of ids) found.push({ runId, queue });
    }
    const listed = await inTurns(found, readAtOnce, async ({ runId, queue }) => {
      const job = await queue.getJob(runId);
      return job === undefined
        ? []
        : [{ startedMs: job.timestamp, run: await this.#listed(runId, queue, job) }];
    });
    const newestFirst = listed
      .flat()
      .sort((a, b) => b.startedMs - a.startedMs || (a.run.runId < b.run.runId ? 1 : -1));
    return newestFirst.map(({ run }) => run);
  }

  async recorded(runId: string): Promise<readonly RunEvent[]> {
    const { queue } = await this.get(runId);
    return new RunJournal(queue, runId).read();
  }

  /** What a run that goes on waits for, and nobody does; `null` when it is worked on, or has ended. */
  async waitsFor(runId: string): Promise<string | null> {
    const run = await this.get(runId);
    const { queue, job, data } = run;
    const outline = await this.#outlineOf(run);
    if (standingOf(run, outline) !== "goes on") return null;
    // One that was cancelled may need a worker all the same: what must not stay on the host is undone from near it.
    const before = data.stop === null ? "" : "it is to stop, and ";
    if (await isHeldBack(job))
      return "it is being taken over from its home; if nobody does that any more, take it over again or cancel it";
    const state = await job.getState();
    if (state !== "waiting-children") {
      return (await workersOf(queue)).length === 0
        ? `${before}no worker is there that has version ${data.version} of the pipeline`
        : null;
    }
    const { unprocessed = [] } = await job.getDependencies({ unprocessed: {} });
    for (const name of new Set(unprocessed.flatMap((key) => parseJobKey(key)?.queue ?? []))) {
      if ((await workersOf(this.#store.queue(name))).length > 0) continue;
      return data.site !== null && name === siteQueue(data.site)
        ? `${before}no worker is there for site ${data.site}`
        : `${before}no worker is there that works for all`;
    }
    return null;
  }

  async #findIn(runId: string, version: number): Promise<StoredRun | undefined> {
    const queue = this.#store.queue(runQueue(version));
    const job = await queue.getJob(runId);
    return job === undefined ? undefined : { runId, queue, job, data: readRunData(runId, job.data) };
  }

  async #listed(runId: string, queue: Queue, job: Job): Promise<StoredRunStatus> {
    try {
      return await this.#statusOf({ runId, queue, job, data: readRunData(runId, job.data) });
    } catch (error) {
      return { ...unreadableStatus({ runId, folder: this.#store.address, error }), site: null, host: null };
    }
  }

  async #statusOf(run: StoredRun): Promise<StoredRunStatus> {
    const { runId } = run;
    const outline = await this.#outlineOf(run);
    const standing = standingOf(run, outline);
    const isWorkedOn = standing === "goes on";
    const { plan, site, host } = run.data;
    const folder = this.#store.address;
    const status = statusOf({ runId, plan, record: outline.record, folder, isWorkedOn });
    return standing === "given up"
      ? { ...status, site, host, state: "failed", result: null, error: toErrorRecord(givenUpError(run)) }
      : { ...status, site, host };
  }

  /** Where a run stands. The journal of one whose end is known, and whose job has ended, says nothing new of that. */
  async #outlineOf({ queue, job, data }: StoredRun): Promise<RunOutline> {
    const outline = new RunOutline(queue, job);
    if (job.finishedOn === undefined || !outline.hasEnded(data.epoch)) await outline.read();
    return outline;
  }
}
