import { type Plan, planFingerprint, sourceTitle } from "@sampan/sdk";
import { cloudKey, hostIdentity } from "@sampan/sdk/engine";
import type { Job } from "bullmq";
import type { RunOfFleet } from "./fleet-runner.ts";
import { runQueue, shortDigest } from "./queue-names.ts";
import type { Deadline, RunData } from "./run-data.ts";
import type { RunnerContext } from "./runner-context.ts";

/** What a run that is new to the store is made from. */
export interface NewRun {
  readonly plan: Plan;
  readonly site: string | null;
  /** What it is of a fleet; `null` for one that is started by itself. */
  readonly host: RunOfFleet | null;
  /** 1, or more for one that was started elsewhere before. */
  readonly epoch: number;
  readonly through: string | null;
  readonly deadline: Deadline | null;
}

/** What the job of a new run holds. */
export function newRunData(
  { pipeline, cloud }: Pick<RunnerContext, "pipeline" | "cloud">,
  run: NewRun,
): RunData {
  const { plan, site } = run;
  return {
    v: 1,
    version: pipeline.version,
    cloud,
    note: null,
    stop: null,
    hostDigest: shortDigest(`${site ?? ""}\n${hostIdentity(plan.source)}`),
    planDigest: shortDigest(`${site ?? ""}\n${planFingerprint(plan)}\n${cloudKey(cloud)}`),
    ...run,
  };
}

/** Adds a run to the store, whose host it has; it is taken up after `delayMs`. */
export async function addRun(
  { store, index }: Pick<RunnerContext, "store" | "index">,
  runId: string,
  data: RunData,
  delayMs = 0,
): Promise<Job> {
  await index.register("version", String(data.version));
  return store.queue(runQueue(data.version)).add(sourceTitle(data.plan.source), data, {
    jobId: runId,
    attempts: 100,
    backoff: { type: "fixed", delay: 2000 },
    ...(delayMs > 0 && { delay: delayMs }),
  });
}
