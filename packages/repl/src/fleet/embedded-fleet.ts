import type { FleetMigration, FleetPolicy, RunFleetOptions } from "@sampan/fleet";
import { createEmbeddedRunner, type Runner } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { ensureDemoDisk } from "../demo/demo-disk.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { leftOfEarlier } from "./left-of-earlier.ts";
import type { LoadedFleet } from "./load-fleet.ts";

/** What starts the hosts of a fleet. */
export interface FleetEngine {
  /** Starts the run of a host, or goes on with it. */
  readonly start: RunFleetOptions["start"];
  /** What an earlier drive of the fleet left of each host's run. */
  readonly earlier: NonNullable<RunFleetOptions["earlier"]>;
  /** How many workers are alive by site, where others work on the fleet; `null` where this process does. */
  workers: (() => Promise<Readonly<Record<string, number>>>) | null;
  close(): Promise<void>;
}

/**
 * Works on a fleet in this process, without a store: each host has a run in the home beside the fleet's file. What a site may send holds
 * all its uploads together.
 */
export async function embeddedFleet(
  call: CommandCall,
  fleet: LoadedFleet,
  policy: FleetPolicy,
): Promise<FleetEngine> {
  for (const { plan } of fleet.migrations)
    if (plan.source.kind === "image-file") await ensureDemoDisk(plan.source.path);
  const { siteBudgets } = await import("@sampan/fleet");
  const budgets = siteBudgets(policy);
  const runners = new Map<string, Runner>();
  const runnerFor = ({ host, plan }: FleetMigration): Runner => {
    const where = surroundingsOf(call, { folder: fleet.folder, plan });
    const key = JSON.stringify([host.site, where]);
    const bandwidth = budgets.get(host.site);
    const known = runners.get(key);
    if (known !== undefined) return known;
    const runner = createEmbeddedRunner({
      ...where,
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(call.openHost === undefined ? {} : { services: { openHost: call.openHost } }),
    });
    runners.set(key, runner);
    return runner;
  };
  return {
    start: (migration) =>
      runnerFor(migration).start(migration.plan, { origin: `${fleet.path}#${migration.host.name}` }),
    earlier: await leftOfEarlier(call, fleet, runnerFor),
    workers: null,
    close: async () => undefined,
  };
}
