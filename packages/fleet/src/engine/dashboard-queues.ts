import type { Queue } from "bullmq";
import { FleetIndex } from "./fleet-index.ts";
import { anyQueue, poolQueue, runQueue, siteQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";

/** A queue, and what it is called for people. */
export interface ShownQueue {
  readonly queue: Queue;
  /** With the name of its site as it was given, which that of the queue need not hold. */
  readonly title: string;
}

/** The queues of a store that hold work, runs first, as {@link serveDashboard} shows them; what the fleet only remembers is in others. */
export async function workQueues(store: FleetStore): Promise<readonly ShownQueue[]> {
  const { versions, sites, pools } = await new FleetIndex(store).registry();
  const shown = (name: string, title = name): ShownQueue => ({ queue: store.queue(name), title });
  return [
    ...[...versions].sort((a, b) => b - a).map((version) => shown(runQueue(version))),
    ...[...sites].sort().map((site) => shown(siteQueue(site), `sampan-site-${site}`)),
    shown(anyQueue),
    ...[...new Set(pools.map(({ name }) => name))].sort().map((pool) => shown(poolQueue(pool))),
  ];
}
