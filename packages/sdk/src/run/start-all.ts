import { asSampanError, cancelledError, isSampanError, type JsonObject, SampanError } from "@sampan/core";
import type { Plan } from "../plan/plan.ts";
import { hostIdentity, sourceTitle } from "../plan/sources.ts";
import { leftError } from "./deadline.ts";
import type { RunHandle } from "./run-handle.ts";

/** How many plans run at once where nothing else is said. */
export const usualParallelPlans = 4;
const mostParallelPlans = 64;

/** A plan, its source's paths absolute, and what starts it. */
export interface PlanJob {
  readonly plan: Plan;
  /** Starts its run, which ends when the signal aborts; one that is only followed, since another works on it, is left as it is then. What it throws counts as the end of this run. */
  start(signal: AbortSignal): RunHandle<JsonObject>;
}

/** How the run of one of several plans ended. */
export interface RunOutcome {
  /** The host, as given in the plan. */
  readonly title: string;
  readonly state: "finished" | "failed" | "cancelled" | "not-started";
  /** `null` when it came to no run. */
  readonly runId: string | null;
  /** What `await stage.run()` would give; `null` unless it finished. */
  readonly result: JsonObject | null;
  /** What ended it; `null` when it finished or was not started. */
  readonly error: SampanError | null;
  readonly tookMs: number;
}

/** How {@link startAll} is told. */
export interface StartAllOptions {
  /** The most runs at once, 1 to 64. */
  readonly parallel?: number;
  /** Cancels the runs under way and starts no more. */
  readonly signal: AbortSignal;
  readonly onStart?: (index: number, handle: RunHandle<JsonObject>) => void;
  readonly onEnd?: (index: number, outcome: RunOutcome) => void;
  /** A clock that never goes back, in milliseconds; another one is for tests. */
  readonly now?: () => number;
}

/**
 * Runs several plans, some at once and one for a host at a time, in the order given as far as that allows. A run that fails
 * keeps no other from running; the outcomes are in the order of the jobs. Rejects only with `CORE_ARGUMENT`.
 */
export async function startAll(
  jobs: readonly PlanJob[],
  options: StartAllOptions,
): Promise<readonly RunOutcome[]> {
  const { parallel = usualParallelPlans, signal, now = () => performance.now() } = options;
  assertParallel(parallel);
  const outcomes = jobs.map(({ plan }): RunOutcome => {
    const title = sourceTitle(plan.source);
    return { title, state: "not-started", runId: null, result: null, error: null, tookMs: 0 };
  });
  const waiting = new Set(jobs.keys());
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();

  const runOne = async (index: number, job: PlanJob): Promise<void> => {
    const startedMs = now();
    let handle: RunHandle<JsonObject> | undefined;
    let result: JsonObject | null = null;
    let error: SampanError | null = null;
    const own = new AbortController();
    let onAbort: () => void = () => undefined;
    try {
      handle = job.start(own.signal);
      const { id, attached } = handle;
      const left = new Promise<never>((_resolve, reject) => {
        onAbort = () => (attached ? reject(leftError(id)) : own.abort(signal.reason));
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      options.onStart?.(index, handle);
      result = await Promise.race([handle.result, left]);
    } catch (thrown) {
      error = asSampanError(thrown);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    const ended: RunOutcome = {
      title: sourceTitle(job.plan.source),
      state: error === null ? "finished" : isSampanError(error, "CORE_CANCELLED") ? "cancelled" : "failed",
      runId: handle?.id ?? null,
      result,
      error,
      tookMs: Math.round(now() - startedMs),
    };
    outcomes[index] = ended;
    // Who waits no longer for one waits for no other.
    if (isSampanError(error, "RUN_DEADLINE")) waiting.clear();
    options.onEnd?.(index, ended);
  };

  while (waiting.size > 0 || running.size > 0) {
    for (const index of waiting) {
      if (running.size >= parallel || signal.aborted) break;
      const job = jobs[index] as PlanJob;
      const host = hostIdentity(job.plan.source);
      if (busy.has(host)) continue;
      waiting.delete(index);
      busy.add(host);
      const task: Promise<void> = runOne(index, job).finally(() => {
        busy.delete(host);
        running.delete(task);
      });
      running.add(task);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  return outcomes;
}

/** Refuses a number of plans at once that cannot be meant, with `CORE_ARGUMENT`. */
export function assertParallel(parallel: number): void {
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= mostParallelPlans) return;
  throw new SampanError(
    "CORE_ARGUMENT",
    `running ${parallel} plans at once: 1 to ${mostParallelPlans} are possible`,
  );
}

/** A signal that aborts with `CORE_CANCELLED` when the outer one does or `cancel` is called. */
export function cancellable(outer: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  cancel(reason?: string): void;
} {
  const controller = new AbortController();
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  return { signal, cancel: (reason) => controller.abort(cancelledError(reason)) };
}
