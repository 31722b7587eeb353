import { bandwidthBudget } from "@sampan/cloud";
import type { JsonObject, RunEvent } from "@sampan/core";
import { mergeMap, type Observable, ReplaySubject } from "rxjs";
import { type Plan, resolvePlan } from "../plan/plan.ts";
import type { RunHandle, RunOptions } from "./run-handle.ts";
import { runPlan } from "./run-plan.ts";
import { assertParallel, cancellable, type RunOutcome, startAll, usualParallelPlans } from "./start-all.ts";

/** How {@link runAll} is told; what {@link RunOptions} says holds for each of the plans. */
export interface RunAllOptions extends RunOptions {
  /** The most plans at once, 1 to 64. Default: 4. Plans of one host run one after the other. */
  readonly parallel?: number;
  /** Bytes a second that all uploads send together; unlimited when absent. At least 16 KiB for each plan at once. */
  readonly bytesPerSecond?: number;
}

/** The runs of several plans, begun by {@link runAll}. Awaiting it gives how each of them ended; a run that failed rejects nothing. */
export interface RunAllHandle extends PromiseLike<readonly RunOutcome[]> {
  /** Events of all the runs, each with its `runId`, from the first on, however late one subscribes. */
  readonly events: Observable<RunEvent>;
  /** In the order of the plans. */
  readonly result: Promise<readonly RunOutcome[]>;
  /** Cancels the runs under way, which stay resumable, and starts no more. */
  cancel(reason?: string): void;
}

/**
 * Runs several plans, some at once, with one budget of bandwidth for all; one that fails keeps no other from running.
 *
 * ```ts
 * const hosts = ["ssh://root@web-01", "ssh://root@web-02"];
 * const plans = hosts.map((host) => Migration.from(host).assess().capture().toVhd().upload("web-images"));
 * for (const { title, state } of await runAll(plans, { parallel: 2, bytesPerSecond: 12_500_000 })) console.log(title, state);
 * ```
 *
 * @throws `CORE_ARGUMENT` for limits that cannot be kept.
 */
export function runAll(
  plans: readonly (Plan | { plan(): Plan })[],
  options: RunAllOptions = {},
): RunAllHandle {
  const { parallel = usualParallelPlans, bytesPerSecond, signal: outer, ...each } = options;
  assertParallel(parallel);
  const uploads = Math.max(1, Math.min(parallel, plans.length));
  const bandwidth = bytesPerSecond === undefined ? undefined : bandwidthBudget({ bytesPerSecond, uploads });
  const { signal, cancel } = cancellable(outer);
  const baseFolder = each.baseFolder ?? process.cwd();
  const started = new ReplaySubject<RunHandle<JsonObject>>();
  const jobs = plans
    .map((given) => resolvePlan("plan" in given ? given.plan() : given, baseFolder))
    .map((plan) => ({
      plan,
      start: (stop: AbortSignal) => runPlan<JsonObject>(plan, { ...each, signal: stop }, bandwidth),
    }));
  const result = startAll(jobs, { parallel, signal, onStart: (_, handle) => started.next(handle) });
  result.finally(() => started.complete()).catch(() => undefined);
  return {
    events: started.pipe(mergeMap((handle) => handle.events)),
    result,
    cancel,
    // biome-ignore lint/suspicious/noThenProperty: runs that have been started are awaited safely; a plan never is.
    then(onFulfilled, onRejected) {
      return result.then(onFulfilled, onRejected);
    },
  };
}
