import { planFingerprint, type RunStatus } from "@sampan/sdk";
import type { FleetMigration } from "../fleet-host.ts";
import type { EarlierRun } from "./schedule.ts";

/**
 * What is left of a fleet by the runs that a runner lists, newest first: those that go on, and those that did all of their plan. Give it
 * only runs that `start` would go on with, so those of the same cloud and account.
 */
export function earlierRuns(
  runs: readonly RunStatus[],
): (migration: FleetMigration) => EarlierRun | undefined {
  const newest = new Map<string, RunStatus>();
  for (const run of runs) if (!newest.has(run.plan)) newest.set(run.plan, run);
  return ({ plan }) => {
    const run = newest.get(planFingerprint(plan));
    if (run?.state === "running") return "running";
    // One that was told to stop after some stage has finished too, but starting it would begin the rest.
    const isWhole = run?.stages.every(({ state }) => state === "finished") ?? false;
    return run?.state === "finished" && isWhole ? "finished" : undefined;
  };
}
