import type { FleetIndex } from "./fleet-index.ts";
import type { SiteStatus } from "./fleet-runner.ts";
import { siteQueue } from "./queue-names.ts";
import type { FleetStore } from "./store/store.ts";
import { workersOf } from "./workers-of.ts";

/** Where every site stands that ever had work or a worker. */
export async function siteStatuses(at: {
  readonly store: FleetStore;
  readonly index: FleetIndex;
}): Promise<readonly SiteStatus[]> {
  const { sites } = await at.index.registry();
  return Promise.all(
    [...sites].sort().map(async (site) => {
      const queue = at.store.queue(siteQueue(site));
      const [workers, counts] = await Promise.all([
        workersOf(queue),
        queue.getJobCounts("waiting", "prioritized", "delayed", "active"),
      ]);
      const { active = 0, ...others } = counts;
      return { site, workers, waiting: Object.values(others).reduce((sum, count) => sum + count, 0), active };
    }),
  );
}
