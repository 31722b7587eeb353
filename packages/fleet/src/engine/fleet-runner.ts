import type { JsonObject, Resource } from "@sampan/core";
import type { Plan, RunHandle, Runner, RunStatus, StartOptions } from "@sampan/sdk";

/** What a run is of a fleet, for whoever watches the store from elsewhere. */
export interface RunOfFleet {
  /** What the fleet is called, such as its file: waves of one name are told apart by it. */
  readonly fleet: string;
  /** Where that lies on the machine that started it: fleets of one name are told apart by it. Absent in runs from before it was recorded. */
  readonly folder?: string | undefined;
  readonly wave: string;
  /** The host's name in the inventory. */
  readonly name: string;
}

/** How {@link FleetRunner.start} is told. */
export interface FleetStartOptions extends StartOptions {
  /** The data centre the plan's disks are near: stages that read them run on a worker started for it. Any worker when absent. */
  readonly site?: string;
  /** What the run is of a fleet; recorded with a new run, and left as it is in one that is gone on with. */
  readonly host?: RunOfFleet;
}

/** Where a site stands. */
export interface SiteStatus {
  readonly site: string;
  /** Names of the workers that are alive for it; empty: what waits for it waits for a worker. */
  readonly workers: readonly string[];
  readonly waiting: number;
  readonly active: number;
  /** Whether it is drained: what is worked on goes on to its end, and nothing new is taken. */
  readonly drained: boolean;
}

/** A run of a store, the site it was started for (`null` where any worker may do all of it), and what it is of a fleet. */
export interface StoredRunStatus extends RunStatus {
  readonly site: string | null;
  /** `null` for a run that was started by itself. */
  readonly host: RunOfFleet | null;
}

/** What a store keeps of a run. */
export interface KeptRun {
  /** Of its plan, its journal and what its stages kept, as they were written; the server takes more for it. */
  readonly bytes: number;
  /** What it made and did not remove, by its journal: of what costs money some may be there still. */
  readonly resources: readonly Resource[];
}

/**
 * What became of a run that was to be forgotten: it is `forgotten`; or it stays, because it `goes on`, is `resumable` and nobody said that
 * it need not be, or `changed` while it was looked at.
 */
export type Forgetting = "forgotten" | "goes on" | "resumable" | "changed";

/** How much was removed that lay in a store for runs that are no longer there. */
export interface SweptStore {
  readonly stages: number;
  readonly artifacts: number;
  /** Entries of hosts that nobody has, and of plans whose last run is gone. */
  readonly claims: number;
}

/** A run that was asked for: what follows it, and when it is known which run that is. */
export interface OpenedRun {
  readonly handle: RunHandle<JsonObject>;
  readonly begun: Promise<void>;
}

/** The {@link Runner} port on a store that many machines share: whoever starts, watches and cancels need not be who works. */
export interface FleetRunner extends Runner {
  /**
   * As {@link Runner.start}. Which run it is, `id` and `attached` of the handle, is known once the store was asked: for certain when the
   * first event is there. What cannot be started is told by the handle's result.
   *
   * Refused are what workers on other machines cannot do: `refresh`, hosts of kind `local`, passwords that are asked for, and the built-in
   * simulator. `origin` changes nothing: a fleet does not tell what changed of a plan. Whether the source of a finished run has changed
   * since is not looked at, as this process may not reach it. A deadline is kept by the workers, whatever becomes of this process; when it is
   * over is told by the clock of this machine.
   */
  start(plan: Plan, options?: FleetStartOptions): RunHandle<JsonObject>;
  /**
   * As `start`, and resolves when the run is in the store and it is known which it is; rejects when it could not be started. The handle
   * is in an object, since a promise of it alone would wait for the run's end.
   */
  submit(plan: Plan, options?: FleetStartOptions): Promise<{ readonly handle: RunHandle<JsonObject> }>;
  /** As {@link Runner.status}, with the run's site. */
  status(runId: string): Promise<StoredRunStatus>;
  list(): Promise<readonly StoredRunStatus[]>;
  /**
   * What a run that has not ended waits for and nobody does, such as a worker for its site or the rest of what is taken over from its home;
   * `null` when it is worked on. Also one that was cancelled may wait so: what must not stay on its host is undone by a worker of its site.
   */
  waitsFor(runId: string): Promise<string | null>;
  /** What a stage kept under a name; `undefined` when there is none. */
  artifact(runId: string, name: string): Promise<Uint8Array | undefined>;
  /** Every site that ever had work or a worker. */
  sites(): Promise<readonly SiteStatus[]>;
  /**
   * Has the workers of a site take nothing new, or take it again. What they work on goes on to its end; what comes waits, whoever starts it.
   *
   * @throws `CORE_ARGUMENT` for a site that never had work or a worker.
   */
  drain(site: string, drained: boolean): Promise<void>;
  /**
   * Takes a run that an embedded runner began and nobody works on: its journal, plan and artifacts go into the store, finished stages stay
   * finished.
   *
   * @param options `lost` takes one that was handed over before, and is not in this store, from where its home left it: another fleet had
   * it, or this one lost it. What was done there since is done again.
   * @throws `RUN_HANDED_OVER` for such a one without `lost`; `RUN_LOCKED`, `RUN_NOT_FOUND`, `CORE_ARGUMENT`.
   */
  adopt(
    runId: string,
    home: string,
    options?: Pick<FleetStartOptions, "site"> & { readonly lost?: boolean },
  ): Promise<void>;
  /** What the store keeps of runs; reads each journal to its end. Runs that are not there, or cannot be read, are left out. */
  kept(runIds: readonly string[]): Promise<ReadonlyMap<string, KeptRun>>;
  /**
   * Removes a run that has ended from the store: its plan and journal at once and for good, what else is there of it by the next
   * {@link FleetRunner.sweep}. A host whose finished run is forgotten counts as one that was never migrated.
   *
   * Safe beside workers, other starts and others that forget: one that is started again in that moment is not removed.
   *
   * @param options `resumable` lets one go that did not do all of its plan: it failed, was cancelled, or was told how far to go.
   * @throws `RUN_NOT_FOUND`; `RUN_JOURNAL_CORRUPT` for one that cannot be read.
   */
  forget(runId: string, options?: { readonly resumable?: boolean }): Promise<Forgetting>;
  /**
   * Removes what lies in the store for runs that are no longer there. One that is ended half-way is gone on with by the next; several at once
   * hinder each other in nothing. What is younger than an hour is left: it may be of a run that is about to begin.
   */
  sweep(): Promise<SweptStore>;
  /**
   * Lets go of the store, in 5 s at most where that is away. Runs go on where they are worked on; whoever follows one here is told by a
   * `CORE_CANCELLED` whose details say `left`.
   */
  close(): Promise<void>;
}

/** A process's share of the work. */
export interface FleetWorker {
  readonly name: string;
  /** Takes nothing new any more; resolves when what it works on has ended. */
  drain(): Promise<void>;
  /**
   * Gives its work back at once, checkpoints kept, without spending an attempt, and lets go of the store. Where the store is away it waits for
   * it no longer than a lease lasts, and 10 s.
   */
  close(): Promise<void>;
}
