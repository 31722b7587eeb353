import { SampanError } from "@sampan/core";
import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { parseFleetPolicy, usualPolicy } from "../schedule/policy.ts";
import { noteAssumptions } from "../simulate/noted-assumptions.ts";
import { adviseRegions, costsOfFleet } from "./advise-regions.ts";
import { adviseSites } from "./advise-sites.ts";
import { adviseWaves, wavesOf } from "./advise-waves.ts";
import { type AssumptionName, type FleetAssumptions, usualAssumptions } from "./assumptions.ts";
import { openHours } from "./blackout-share.ts";
import { byteSum, expectedHost } from "./expected-host.ts";
import { type AdviceLimits, type FleetAdvice, fleetAdviceVersion } from "./fleet-advice.ts";

/** A night for a host, a week for a site: as the advice on a single host takes them. */
export const usualAdviceLimits: AdviceLimits = { hoursPerHost: 8, hoursPerSite: 168 };

/**
 * The dry run of a whole fleet: how much there is to send by site and by wave, how long that takes at least, what keeps it from being
 * quicker, what the vendor bills, and what the whitepaper's 5.1 advises. Pure: it looks at nothing but the plans, the rows and the policy,
 * and names every number that none of them gave. The simulation says when hosts begin and end; this says what no order of them can beat.
 *
 * @throws `FLEET_POLICY_INVALID` for a policy that cannot be; `FLEET_ORDER_IMPOSSIBLE` for hosts that wait in circles; `CORE_ARGUMENT` for an
 * assumption or a limit that is not above 0.
 */
export function adviseFleet(
  migrations: readonly FleetMigration[],
  policy: FleetPolicy = {},
  assumptions: FleetAssumptions = usualAssumptions,
  limits: AdviceLimits = usualAdviceLimits,
): FleetAdvice {
  assertNumbers(assumptions, limits);
  const whole = { ...usualPolicy, ...parseFleetPolicy(policy) };
  const { assumed, used } = noteAssumptions(assumptions);
  const hosts = migrations.map((migration) => expectedHost(migration, whole, assumed));
  const situation = { policy: whole, assumed, openHours: openHours(whole.blackouts) };
  const begun = wavesOf(hosts, whole);
  const waves = adviseWaves(begun, situation);
  const sites = adviseSites(hosts, begun, situation, limits);
  const regions = adviseRegions(hosts, assumed);
  return {
    v: fleetAdviceVersion,
    bytes: byteSum(hosts),
    hours: Math.round(waves.reduce((all, wave) => all + wave.hours, 0) * 100) / 100,
    waves,
    sites,
    regions,
    costs: costsOfFleet(hosts),
    limits,
    assumptions: inOrder(used()).map((name) => ({ name, ...assumptions[name] })),
  };
}

/** Names in the order of the table, which goes from what is large to what is small. */
function inOrder(names: readonly AssumptionName[]): readonly AssumptionName[] {
  return (Object.keys(usualAssumptions) as AssumptionName[]).filter((name) => names.includes(name));
}

function assertNumbers(assumptions: FleetAssumptions, limits: AdviceLimits): void {
  const numbers = [
    ...Object.entries(assumptions).map(([name, { value }]) => [name, value] as const),
    ...Object.entries(limits),
  ];
  for (const [name, value] of numbers) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new SampanError("CORE_ARGUMENT", `advising on a fleet: ${name} is ${value}, which is not above 0`);
  }
}
