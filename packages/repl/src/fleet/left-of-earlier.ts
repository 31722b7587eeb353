import type { FleetMigration, RunFleetOptions } from "@sampan/fleet";
import type { Runner, RunStatus } from "@sampan/sdk";
import type { CommandCall } from "../command-call.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import type { LoadedFleet } from "./load-fleet.ts";

/**
 * What earlier drives of a fleet left of its hosts: runs that go on, and those that have finished, in the cloud that the host's run
 * would have now. Each runner is asked once.
 */
export async function leftOfEarlier(
  call: CommandCall,
  { folder, migrations }: LoadedFleet,
  runnerFor: (migration: FleetMigration) => Pick<Runner, "list">,
): Promise<NonNullable<RunFleetOptions["earlier"]>> {
  const [{ earlierRuns }, { cloudIdentity }] = await Promise.all([
    import("@sampan/fleet"),
    import("@sampan/sdk/engine"),
  ]);
  const whereOf = ({ plan }: FleetMigration): string | undefined => {
    const { cloud } = surroundingsOf(call, { folder, plan });
    // Which profile a run had is recorded by its plan alone: where another is chosen, nothing is known of earlier runs.
    if ((cloud.profile?.name ?? null) !== (plan.context.profile ?? null)) return undefined;
    return where(cloudIdentity(cloud));
  };
  const left = new Map<Pick<Runner, "list">, Map<string, ReturnType<typeof earlierRuns>>>();
  for (const runner of new Set(migrations.map(runnerFor))) {
    const byPlace = new Map<string, RunStatus[]>();
    for (const run of await runner.list()) {
      const key = where(run.cloud);
      byPlace.set(key, [...(byPlace.get(key) ?? []), run]);
    }
    left.set(runner, new Map([...byPlace].map(([key, runs]) => [key, earlierRuns(runs)])));
  }
  return (migration) => left.get(runnerFor(migration))?.get(whereOf(migration) ?? "")?.(migration);
}

function where({ name, endpoint }: RunStatus["cloud"]): string {
  return JSON.stringify([name, endpoint]);
}
