import { randomBytes } from "node:crypto";
import type { Queue } from "bullmq";
import { addRow, isJobMissing } from "./add-row.ts";
import { indexQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";

/*
 * What the fleet remembers besides its runs, in the logs of jobs nobody works on: a row that is added has its place among the others for
 * everybody, so two that claim the same host at the same moment agree on who has it.
 */

/** Who works on a host. */
export interface HostClaim {
  readonly runId: string;
  /** Digest of its plan and cloud. */
  readonly plan: string;
  /** Which start of the run it is for. */
  readonly epoch: number;
}

/** Who has a host. */
export interface HostHolder extends HostClaim {
  /** Which of the rows claimed it. */
  readonly row: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What was asked of a host, row by row. */
interface ClaimRow {
  readonly id: string;
  readonly claim?: HostClaim & { readonly at: number };
  /** Whose claim is let go of: any of that start, or the one of that row alone. */
  readonly release?: Pick<HostClaim, "runId" | "epoch"> & { readonly row?: string };
}

const hostJob = (digest: string): string => `host.${digest}`;
const planJob = (digest: string): string => `plan.${digest}`;
const registryJob = "registry";

/** What the registry holds. */
export interface FleetRegistry {
  readonly sites: readonly string[];
  readonly versions: readonly number[];
  readonly pools: readonly { readonly name: string; readonly atOnce: number }[];
}

/** Reads and adds to what the fleet remembers. */
export class FleetIndex {
  readonly #store: FleetStore;
  readonly #queue: Queue;
  readonly #registered = new Set<string>();

  constructor(store: FleetStore) {
    this.#store = store;
    this.#queue = store.queue(indexQueue);
  }

  /** Claims a host for a run, which may have it already; gives who has it now. */
  async claim(digest: string, claim: HostClaim): Promise<HostHolder> {
    const job = hostJob(digest);
    for (;;) {
      // Who has it is asked first, so that those who wait for a host leave no rows.
      const before = holderOf(await this.#rows(job));
      if (before !== undefined && before.runId !== claim.runId) return before;
      const row: ClaimRow = { id: randomBytes(6).toString("hex"), claim: { ...claim, at: Date.now() } };
      await this.#add(job, row);
      const now = holderOf(await this.#rows(job));
      // Somebody may have let go of it in between.
      if (now !== undefined) return now;
    }
  }

  /** Who has the host; `undefined` when nobody has. */
  async holder(digest: string): Promise<HostHolder | undefined> {
    return holderOf(await this.#rows(hostJob(digest)));
  }

  /**
   * Lets go of a host, where the run has it, and for that start: one that is told late takes it from no later start. With a `row` only that
   * claim is let go of, and not one that was made anew since it was looked at.
   */
  async release(
    digest: string,
    { runId, epoch, row }: Pick<HostClaim, "runId" | "epoch"> & { readonly row?: string },
  ): Promise<void> {
    await this.#add(hostJob(digest), {
      id: randomBytes(6).toString("hex"),
      release: { runId, epoch, ...(row === undefined ? {} : { row }) },
    } satisfies ClaimRow);
  }

  /** The last run of a plan in a cloud. */
  async lastRun(planDigest: string): Promise<string | undefined> {
    const { logs } = await this.#queue.getJobLogs(planJob(planDigest), 0, 0, false);
    return logs[0];
  }

  async setLastRun(planDigest: string, runId: string): Promise<void> {
    if ((await this.lastRun(planDigest)) !== runId) await this.#add(planJob(planDigest), runId);
  }

  /** Whether this process has seen to it that the store remembers it. */
  isRegistered(kind: "site" | "version" | "pool", value: string): boolean {
    return this.#registered.has(`${kind} ${value}`);
  }

  /** Remembers that there is such a site, version or pool; `true` when that was news to this process. */
  async register(kind: "site" | "version" | "pool", value: string): Promise<boolean> {
    const row = `${kind} ${value}`;
    if (this.#registered.has(row)) return false;
    const { logs } = await this.#queue.getJobLogs(registryJob, 0, -1, true);
    const isNew = !logs.includes(row);
    if (isNew) await this.#add(registryJob, row);
    this.#registered.add(row);
    return isNew;
  }

  async registry(): Promise<FleetRegistry> {
    const { logs } = await this.#queue.getJobLogs(registryJob, 0, -1, true);
    const of = (kind: string): string[] => [
      ...new Set(logs.filter((row) => row.startsWith(`${kind} `)).map((row) => row.slice(kind.length + 1))),
    ];
    return {
      sites: of("site"),
      versions: of("version").map(Number),
      pools: of("pool").map((value) => {
        const [name = "", atOnce = "1"] = value.split(" ");
        return { name, atOnce: Number(atOnce) };
      }),
    };
  }

  async #rows(job: string): Promise<readonly ClaimRow[]> {
    const { logs } = await this.#queue.getJobLogs(job, 0, -1, true);
    return logs.map((row) => JSON.parse(row) as ClaimRow);
  }

  /** What is remembered of hosts and plans, by the jobs it lies in. */
  async entries(): Promise<readonly string[]> {
    const ids = await this.#queue.getRanges(["wait"], 0, -1);
    return ids.filter((id) => id.startsWith(hostJob("")) || id.startsWith(planJob("")));
  }

  /**
   * Lets go of an entry that says nothing any more: of a host that nobody has, or of a plan whose last run is gone. Tells whether it did.
   *
   * @param isGone Whether a run is no longer in the store; asked of whoever has the host, or was the plan's last run.
   * @param claimedBefore A claim that is younger, in milliseconds since 1970, is left: whoever made it may be about to add its run.
   */
  async forget(
    entry: string,
    isGone: (runId: string) => Promise<boolean>,
    claimedBefore: number,
  ): Promise<boolean> {
    const { logs } = await this.#queue.getJobLogs(entry, 0, -1, true);
    if (entry.startsWith(planJob(""))) {
      const last = logs.at(-1);
      if (last !== undefined && !(await isGone(last))) return false;
    } else {
      const holder = holderOf(logs.map((row) => JSON.parse(row) as ClaimRow));
      if (holder !== undefined && (holder.at > claimedBefore || !(await isGone(holder.runId)))) return false;
    }
    return this.#store.removeUnchanged(indexQueue, entry, { states: ["waiting"], rows: logs.length });
  }

  async #add(job: string, row: object | string): Promise<void> {
    for (let turn = 1; ; turn++) {
      // Adding a job that is there changes nothing.
      await this.#queue.add("index", {}, { jobId: job });
      try {
        await addRow(this.#queue, job, typeof row === "string" ? row : JSON.stringify(row));
        return;
      } catch (error) {
        // It was let go of in between.
        if (!isJobMissing(error) || turn === 100) throw error;
      }
    }
  }
}

function holderOf(rows: readonly ClaimRow[]): HostHolder | undefined {
  let holder: HostHolder | undefined;
  for (const { id, claim, release } of rows) {
    // A start that was slow to claim takes nothing from a later one of the same run.
    const isNext =
      holder === undefined || (holder.runId === claim?.runId && holder.epoch <= (claim?.epoch ?? 0));
    if (claim !== undefined && isNext) holder = { ...claim, row: id };
    const isMeant = holder?.runId === release?.runId && holder?.epoch === release?.epoch;
    if (release !== undefined && isMeant && (release.row ?? holder?.row) === holder?.row) holder = undefined;
  }
  return holder;
}
