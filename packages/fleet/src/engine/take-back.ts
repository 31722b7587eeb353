import type { Job } from "bullmq";
import { parseJobKey } from "./queue-names.ts";
import type { StageData } from "./run-data.ts";
import type { FleetStore } from "./store/store.ts";

const mostChildren = 1000;

/**
 * Takes back the stages of a run that nobody has begun, one by one: the run is taken up when none is left. (What BullMQ has for all of
 * them at once leaves the run waiting for ever on PostgreSQL.)
 */
export async function takeBack(store: FleetStore, run: Job): Promise<void> {
  const { unprocessed = [] } = await run.getDependencies({ unprocessed: { count: mostChildren } });
  for (const key of unprocessed) {
    const named = parseJobKey(key);
    if (named === undefined) continue;
    const stage = await store.queue(named.queue).getJob(named.id);
    if (stage === undefined || (await stage.isActive())) continue;
    // What undoes what must not stay is wanted whatever the run was asked.
    if ((stage.data as Partial<StageData>).kind === "leave") continue;
    // Somebody may begin it just now: then it finds that the run is to stop.
    await stage.removeChildDependency().catch(() => undefined);
    await stage.remove().catch(() => undefined);
  }
}
