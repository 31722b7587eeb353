import type { RunEvent } from "@sampan/core";
import type { Observable } from "rxjs";
import type { CloudChoice } from "../cloud/choose-cloud.ts";

/** How a run is started. */
export interface RunOptions {
  /** Folder for journals and the built-in simulator's state. Default: `SAMPAN_HOME`, else `.sampan` in the base folder. */
  readonly home?: string;
  /** Folder that relative paths of the plan start from. Default: the working directory. */
  readonly baseFolder?: string;
  /** Which cloud; wins over the plan and the environment. */
  readonly cloud?: CloudChoice;
  /** Starts a new run even when this plan has an earlier one. */
  readonly again?: boolean;
  /** Reads the disks again and sends only what changed since this plan's last upload, for an image of its own. */
  readonly refresh?: boolean;
  /** Name of a refresh's image. Default: that of the first image and a number, `web-01-2`. */
  readonly imageName?: string;
  /** Stops after this step of the plan; a later run of the same plan goes on from there. */
  readonly through?: string;
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal;
  /**
   * Ends the waiting after so many milliseconds, with `RUN_DEADLINE`. Nothing is cancelled in the cloud; running the plan again goes on.
   */
  readonly deadlineMs?: number;
}

/**
 * A run that has been started.
 *
 * It can be awaited: the promise gives the result, or rejects with the SampanError that ended the run
 * (`CORE_CANCELLED` when it was cancelled).
 */
export interface RunHandle<Out> extends PromiseLike<Out> {
  readonly id: string;
  /**
   * Whether the run was going on already, in this process or another: then this handle follows it, its result is what that run comes
   * to, and `cancel` reaches it. How far the run goes is what its own start said.
   */
  readonly attached: boolean;
  /** Every event from the first on, however late one subscribes; completes at the end, also of a failed run. Unsubscribing cancels nothing. */
  readonly events: Observable<RunEvent>;
  /** Made on first use, so that watching events alone never ends in an unhandled rejection. */
  readonly result: Promise<Out>;
  /** Stops new work, lets what is in flight end or abort, leaves the run resumable. */
  cancel(reason?: string): void;
}
