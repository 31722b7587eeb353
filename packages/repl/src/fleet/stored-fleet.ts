import { basename, dirname } from "node:path";
import type { FleetMigration } from "@sampan/fleet";
import type { FleetRunner } from "@sampan/fleet/engine";
import type { CommandCall } from "../command-call.ts";
import { say } from "../language/speech.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { FleetEngine } from "./embedded-fleet.ts";
import { leftOfEarlier } from "./left-of-earlier.ts";
import type { LoadedFleet } from "./load-fleet.ts";
import { openCallStore } from "./open-runner.ts";
import { anySite } from "./plan-hosts.ts";
import type { StoreWishes } from "./store-wishes.ts";

/** Gives a fleet to the workers of a store: each host has a run there, whose stages near its disks are done by workers of its site. */
export async function storedFleet(
  call: CommandCall,
  fleet: LoadedFleet,
  wishes: StoreWishes,
): Promise<FleetEngine> {
  const store = await openCallStore(call, wishes);
  call.output.talk(say("fleet-run.store", { address: oneLine(store.address) }));
  const { createFleetRunner } = await import("@sampan/fleet/engine");
  const runners = new Map<string, FleetRunner>();
  const runnerFor = ({ plan }: FleetMigration): FleetRunner => {
    const { cloud } = surroundingsOf(call, { folder: fleet.folder, plan });
    const key = JSON.stringify(cloud);
    const runner = runners.get(key) ?? createFleetRunner({ store, cloud });
    runners.set(key, runner);
    return runner;
  };
  return {
    start(migration) {
      const { name, wave, site } = migration.host;
      return runnerFor(migration).submit(migration.plan, {
        origin: `${fleet.path}#${name}`,
        host: { fleet: basename(fleet.path), folder: dirname(fleet.path), wave, name },
        ...(site === anySite ? {} : { site }),
      });
    },
    earlier: await leftOfEarlier(call, fleet, runnerFor),
    async workers() {
      const [runner] = runners.values();
      const sites = (await runner?.sites()) ?? [];
      return Object.fromEntries(sites.map(({ site, workers }) => [site, workers.length]));
    },
    async close() {
      for (const runner of runners.values()) await runner.close();
      await store.close();
    },
  };
}
