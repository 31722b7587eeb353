import { SampanError } from "@sampan/core";
import { type AssumptionName, type FleetAssumptions, usualAssumptions } from "../advice/assumptions.ts";
import { type ExpectedStage, expectedStages, siteRate } from "../advice/stage-times.ts";
import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { wholePolicy } from "../schedule/policy.ts";
import { runFleet } from "../schedule/run-fleet.ts";
import { bottlenecksOf } from "./bottlenecks.ts";
import { type NotedAssumptions, noteAssumptions } from "./noted-assumptions.ts";
import { type ObservedFleet, type ObservedSite, observeFleet } from "./observe-fleet.ts";
import { playHost } from "./play-host.ts";
import { createResources, type Resources } from "./resources.ts";
import { seededRandom } from "./seeded-random.ts";
import type { SimulatedSite, Simulation } from "./simulation.ts";
import { toldAssumptions } from "./told-assumptions.ts";
import { createVirtualTime } from "./virtual-time.ts";

/** How {@link simulateFleet} is told. */
export interface SimulateOptions {
  /** Sizes, rates and limits taken where nobody knows better. Default: the usual ones. */
  readonly assumed?: FleetAssumptions;
  /** When the fleet begins, in milliseconds since 1970; blackouts count by it. Default: now. */
  readonly startMs?: number;
  /** Share (0 to 1) of the hosts that fail, each at the end of some stage. Default: 0. */
  readonly failureRate?: number;
  /** Which hosts fail, and where, is drawn by it: the same for the same fleet. Default: 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Simulates a fleet: the driver that migrates fleets runs it, on a clock that jumps from one event to the next, with hosts whose stages
 * take what is expected of them and wait for each other where they share a line, imports or copies. Nothing is reached or changed.
 * The same arguments give the same outcome, except that a `startMs` that is not given is now.
 *
 * @throws `CORE_ARGUMENT` for a failure rate that is none; `FLEET_POLICY_INVALID` and `FLEET_ORDER_IMPOSSIBLE` as the driver;
 * `CORE_CANCELLED`.
 */
export async function simulateFleet(
  migrations: readonly FleetMigration[],
  policy: FleetPolicy,
  options: SimulateOptions = {},
): Promise<Simulation> {
  const { startMs = Date.now(), failureRate = 0, seed = 1, signal } = options;
  if (!(failureRate >= 0 && failureRate <= 1))
    throw new SampanError(
      "CORE_ARGUMENT",
      `simulating a fleet of which a share of ${failureRate} fails: 0 to 1 can`,
    );
  const whole = wholePolicy(policy, new Set(migrations.map(({ host }) => host.site)), startMs);
  const noted = noteAssumptions(options.assumed ?? usualAssumptions);
  const { assumed } = noted;
  const rateOf = (site: string) => siteRate(site, whole, assumed);
  const { plays, uses } = playsOf(migrations, noted, failureRate, seed);

  const time = createVirtualTime(startMs);
  const resources = createResources(time, {
    siteBytesPerSecond: (site) => rateOf(site).bytesPerSecond,
    importsAtOnce: () => assumed.importsAtOnce.value,
    copiesAtOnce: () => assumed.copiesAtOnce.value,
  });
  const observer = observeFleet(time.now, whole);
  const fleet = runFleet(migrations, policy, {
    clock: time.clock,
    start(migration) {
      const { stages, failsIn } = plays.get(migration) as HostPlay;
      return playHost(migration.host.name, stages, resources, { failsIn, onSettled: time.settled });
    },
  });
  fleet.events.subscribe(observer.see);
  const { outcomes } = await time.until(fleet.result, signal);

  const seen = observer.observed();
  const endMs = time.clock.now();
  return {
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(endMs).toISOString(),
    outcomes,
    waves: seen.waves,
    sites: sitesOf(seen, resources, (site) => rateOf(site).bytesPerSecond),
    bottlenecks: bottlenecksOf(seen, resources, endMs - startMs),
    assumptions: toldAssumptions({ assumed, uses, seen, resources, rateOf, startMs, failureRate, options }),
    hosts: seen.hosts,
  };
}

interface HostPlay {
  readonly stages: readonly ExpectedStage[];
  /** Index of the stage in which it fails. */
  readonly failsIn: number | undefined;
}

/** What each host is going to do, drawn in the order of the fleet, so that it is the same however the hosts are scheduled; and for how many each assumption was taken. */
function playsOf(
  migrations: readonly FleetMigration[],
  { assumed, used }: NotedAssumptions,
  failureRate: number,
  seed: number,
): {
  readonly plays: ReadonlyMap<FleetMigration, HostPlay>;
  readonly uses: ReadonlyMap<AssumptionName, number>;
} {
  const random = seededRandom(seed);
  const uses = new Map<AssumptionName, number>();
  const plays = new Map<FleetMigration, HostPlay>();
  for (const migration of migrations) {
    const stages = expectedStages(migration, assumed);
    for (const name of used()) uses.set(name, (uses.get(name) ?? 0) + 1);
    const fails = random() < failureRate;
    const at = Math.floor(random() * stages.length);
    plays.set(migration, { stages, failsIn: fails ? at : undefined });
  }
  return { plays, uses };
}

function sitesOf(
  seen: ObservedFleet,
  resources: Resources,
  rateOf: (site: string) => number,
): readonly SimulatedSite[] {
  const names = [...seen.sites.keys()].sort(new Intl.Collator("en", { numeric: true }).compare);
  return names.map((site) => {
    const { hosts, peakHosts, firstMs, lastMs } = seen.sites.get(site) as ObservedSite;
    const line = resources.lines.get(site);
    const bytesPerSecond = rateOf(site);
    const bytes = line?.bytes ?? 0;
    const carries = (bytesPerSecond * ((lastMs ?? 0) - (firstMs ?? 0))) / 1000;
    return {
      site,
      hosts,
      bytesPerSecond,
      bytes,
      busyShare: carries > 0 ? Number(Math.min(1, bytes / carries).toFixed(4)) : 0,
      peakUploads: line?.peak ?? 0,
      peakHosts,
      startsAt: firstMs === null ? null : new Date(firstMs).toISOString(),
      endsAt: lastMs === null ? null : new Date(lastMs).toISOString(),
    };
  });
}
