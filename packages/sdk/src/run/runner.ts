import type { CloudIdentity, ErrorRecord, JsonObject, RunEvent } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";
import type { RunHandle } from "./run-handle.ts";

/**
 * Where a run stands. `interrupted`: it began, has not ended, and nobody works on it. `unreadable`: its record is damaged, or was
 * written by a later version; only {@link Runner.list} gives that, everything else refuses such a run.
 */
export type RunState = "running" | "interrupted" | "finished" | "failed" | "cancelled" | "unreadable";

/** Where a stage stands. */
export interface StageStatus {
  readonly stage: string;
  readonly state: "waiting" | "running" | "finished" | "failed";
  readonly tookMs: number | null;
}

/** A run as its journal tells it. Plain JSON. */
export interface RunStatus {
  readonly runId: string;
  /** The host, as given in the plan. */
  readonly title: string;
  readonly state: RunState;
  readonly cloud: CloudIdentity;
  /** Profile of the account its plan names; `null` when it names none. */
  readonly profile: string | null;
  /** Fingerprint of its plan. */
  readonly plan: string;
  readonly stages: readonly StageStatus[];
  /** How often it was started. */
  readonly attempt: number;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** The last result; `null` until it has finished. */
  readonly result: JsonObject | null;
  /** What ended it, or why it cannot be read; `null` unless it failed. */
  readonly error: ErrorRecord | null;
  readonly folder: string;
}

/** How {@link Runner.start} is told. */
export interface StartOptions {
  /** Starts under this id; starting an id that exists goes on with it. Default: a new one. */
  readonly runId?: string;
  /** Starts a new run even when this plan has an earlier one. */
  readonly again?: boolean;
  /**
   * Reads the disks again and sends only what changed since the plan's last upload; everything else is copied at the store. A new
   * run that makes an image of its own and leaves the earlier one, or going on with such a run that was interrupted.
   */
  readonly refresh?: boolean;
  /** Name of a refresh's image. Default: that of the first image and a number, `web-01-2`. */
  readonly imageName?: string;
  /**
   * Where the plan comes from, such as its file and its place in there. When another plan of the same origin, host and cloud ran last, the run
   * says what changed, and a refresh refreshes that one.
   */
  readonly origin?: string;
  /** Stops after this stage (a verb or a stage's key). */
  readonly through?: string;
  readonly signal?: AbortSignal;
  /**
   * Ends the waiting after so long, with `RUN_DEADLINE`: new work stops as for a cancel, but nothing is cancelled in the cloud, and
   * the run can be resumed. Never when absent.
   */
  readonly deadlineMs?: number;
}

/**
 * What executes plans. Two implementations share one conformance suite: embedded here, and a distributed one.
 *
 * Runs are known by id; a run belongs to the plan it was started with.
 */
export interface Runner {
  /**
   * Starts a plan, or goes on with its earlier run: an interrupted, failed or cancelled one is resumed; a finished one
   * gives its result again without doing anything (unless `again`). One that is being worked on, in this process or another, is
   * followed (`attached` of the handle), unless `again`. `RUN_LOCKED` when another run works on the host.
   */
  start(plan: Plan, options?: StartOptions): RunHandle<JsonObject>;
  /** Goes on with a run by its id, or follows it while it is being worked on; `RUN_NOT_FOUND` when there is none. */
  resume(
    runId: string,
    options?: Pick<StartOptions, "signal" | "through" | "deadlineMs">,
  ): RunHandle<JsonObject>;
  /** Where a run stands, read from its record; `RUN_NOT_FOUND` when there is none. */
  status(runId: string): Promise<RunStatus>;
  /** All runs, newest first; one that cannot be read keeps no other from being listed. */
  list(): Promise<readonly RunStatus[]>;
  /** The plan a run was started with. */
  plan(runId: string): Promise<Plan>;
  /** The events recorded so far, without waiting for more. */
  recorded(runId: string): Promise<readonly RunEvent[]>;
  /** Events of a run from the first on: those recorded, then live ones until it ends or nobody works on it. */
  events(runId: string, signal?: AbortSignal): AsyncIterable<RunEvent>;
  /** Asks whoever works on the run to stop, whom that reaches at once. Resolves when asked, not when stopped. */
  cancel(runId: string, reason?: string): Promise<void>;
}
