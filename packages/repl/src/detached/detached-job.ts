import type { ErrorRecord } from "@sampan/core";
import type { CommandCall, OptionValues } from "../command-call.ts";
import type { PlanFile } from "../plan/load-plan.ts";

/** What a detached runner is told to do, over the channel between it and the process that started it. Plain JSON. */
export interface DetachedJob {
  readonly command: "run" | "resume";
  readonly args: readonly (string | undefined)[];
  readonly options: OptionValues;
  readonly cwd: string;
  /** What files of settings say of the account. */
  readonly configured?: CommandCall["configured"];
  /** The plans as they were loaded, shown and agreed to; absent for a run that has its own. */
  readonly files?: readonly PlanFile[];
  /** Passwords that were asked for, by what for. They never leave the channel. */
  readonly passwords: readonly (readonly [string, string])[];
  /** File that its output goes to until there is a run. */
  readonly log: string;
}

/** A run that a detached runner works on, or that was found to be going on. */
export interface DetachedStart {
  readonly kind: "started";
  readonly runId: string;
  /** Whether another process works on it already. */
  readonly attached: boolean;
  readonly folder: string;
  /** File that the runner's output goes to; `null` for a run of another process. */
  readonly log: string | null;
}

/** What a detached runner says once, as soon as it knows. */
export type DetachedReport =
  | DetachedStart
  /** There was nothing to start: the plan is finished. What was said of that is in the log. */
  | { readonly kind: "ended"; readonly exitCode: number }
  | { readonly kind: "failed"; readonly error: ErrorRecord };
