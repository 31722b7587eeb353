import { SampanError } from "@sampan/core";
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
      const [workers, counts, drained] = await Promise.all([
        workersOf(queue),
        queue.getJobCounts("waiting", "prioritized", "delayed", "active"),
        queue.isPaused(),
      ]);
      const { active = 0, ...others } = counts;
      const waiting = Object.values(others).reduce((sum, count) => sum + count, 0);
      return { site, workers, waiting, active, drained };
    }),
  );
}

/** Has a site's workers take nothing new, or take it again; `CORE_ARGUMENT` for one that the store does not know. */
export async function drainSite(
  at: { readonly store: FleetStore; readonly index: FleetIndex },
  site: string,
  drained: boolean,
): Promise<void> {
  const { sites } = await at.index.registry();
  if (![...sites].includes(site)) {
    throw new SampanError("CORE_ARGUMENT", `draining site ${site}: the store knows none of that name`, {
      hint: `It knows ${[...sites].sort().join(", ") || "none"}.`,
    });
  }
  const queue = at.store.queue(siteQueue(site));
  await (drained ? queue.pause() : queue.resume());
}
