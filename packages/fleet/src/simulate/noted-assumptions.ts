import type { AssumptionName, FleetAssumptions } from "../advice/assumptions.ts";

/** Assumptions, and which of them were used. */
export interface NotedAssumptions {
  readonly assumed: FleetAssumptions;
  /** Those used since the last call. */
  used(): readonly AssumptionName[];
}

/** Makes assumptions that note who is read: so that only those are told on which the outcome rests. */
export function noteAssumptions(assumptions: FleetAssumptions): NotedAssumptions {
  const read = new Set<AssumptionName>();
  const assumed = {} as FleetAssumptions;
  for (const name of Object.keys(assumptions) as AssumptionName[]) {
    Object.defineProperty(assumed, name, {
      enumerable: true,
      get() {
        read.add(name);
        return assumptions[name];
      },
    });
  }
  return {
    assumed,
    used() {
      const names = [...read];
      read.clear();
      return names;
    },
  };
}
