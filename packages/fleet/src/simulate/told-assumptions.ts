import type { AssumptionName, FleetAssumptions } from "../advice/assumptions.ts";
import { sentence } from "../fleet-sentence.ts";
import type { ObservedFleet } from "./observe-fleet.ts";
import type { Resources } from "./resources.ts";
import type { SimulatedWith } from "./simulation.ts";

/** What a simulation was made with. */
export interface MadeWith {
  readonly assumed: FleetAssumptions;
  /** For how many hosts each assumption was taken. */
  readonly uses: ReadonlyMap<AssumptionName, number>;
  readonly seen: ObservedFleet;
  readonly resources: Resources;
  readonly rateOf: (site: string) => { readonly bytesPerSecond: number; readonly known: boolean };
  readonly startMs: number;
  readonly failureRate: number;
  readonly options: { readonly startMs?: number; readonly failureRate?: number; readonly seed?: number };
}

/** Every number that a simulation rests on, with what it is from; none that nobody used. */
export function toldAssumptions(made: MadeWith): readonly SimulatedWith[] {
  return [...ofFleet(made), ...ofLines(made), ...ofSlots(made), ...ofHosts(made)];
}

function ofFleet({ startMs, failureRate, options }: MadeWith): readonly SimulatedWith[] {
  const start = {
    name: "start",
    value: new Date(startMs).toISOString(),
    unit: "time",
    basis: sentence(options.startMs === undefined ? "simulated.now" : "simulated.as-told"),
    hosts: null,
  };
  const failures = {
    name: "failureRate",
    value: failureRate,
    unit: "share",
    basis:
      options.failureRate === undefined
        ? sentence("simulated.none-fails")
        : sentence("simulated.failures", { seed: options.seed ?? 1 }),
    hosts: null,
  };
  return [start, failures];
}

function ofLines({ assumed, seen, resources, rateOf }: MadeWith): readonly SimulatedWith[] {
  return [...resources.lines.keys()].sort().map((site) => {
    const { bytesPerSecond, known } = rateOf(site);
    return {
      name: `bandwidth ${site}`,
      value: bytesPerSecond,
      unit: "bytes/s",
      basis: known ? sentence("simulated.policy") : assumed.siteBytesPerSecond.basis,
      hosts: seen.sites.get(site)?.hosts ?? 0,
    };
  });
}

function ofSlots({ assumed, resources }: MadeWith): readonly SimulatedWith[] {
  const names = [
    ...(resources.imports.size > 0 ? (["importsAtOnce"] as const) : []),
    ...(resources.copies.size > 0 ? (["copiesAtOnce"] as const) : []),
  ];
  return names.map((name) => ({ name, ...assumed[name], hosts: null }));
}

function ofHosts({ assumed, uses }: MadeWith): readonly SimulatedWith[] {
  return [...uses].map(([name, hosts]) => ({ name, ...assumed[name], hosts }));
}
