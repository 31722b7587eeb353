import type { Queue } from "bullmq";
import { FleetIndex } from "./fleet-index.ts";
import { anyQueue, poolQueue, runQueue, siteQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";

/** The queues of a store that hold work, runs first, as {@link serveDashboard} shows them; what the fleet only remembers is in others. */
export async function workQueues(store: FleetStore): Promise<readonly Queue[]> {
  const { versions, sites, pools } = await new FleetIndex(store).registry();
  const names = [
    ...[...versions].sort((a, b) => b - a).map(runQueue),
    ...[...sites].sort().map(siteQueue),
    anyQueue,
    ...[...new Set(pools.map(({ name }) => name))].sort().map(poolQueue),
  ];
  return names.map((name) => store.queue(name));
}
