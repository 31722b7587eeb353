import type { ErrorCodeEntry } from "./entry.ts";

export const fleetScheduleErrorCodes = {
  FLEET_POLICY_INVALID: {
    meaning: "The policy of a fleet says something that none can say, or that lets nothing ever begin.",
    cure: "Correct the field named in the message.",
    exitCode: 2,
  },
  FLEET_ORDER_IMPOSSIBLE: {
    meaning:
      "The hosts of a fleet cannot be brought into an order: what they wait for is missing, comes later, or waits for them.",
    cure: "Correct `after` or the wave of the hosts named in the message.",
    exitCode: 2,
  },
  FLEET_SIMULATED_FAILURE: {
    meaning: "A host of a simulated fleet was drawn to fail, by the failure rate that was assumed.",
    cure: "Nothing was migrated, so nothing is wrong. A lower failure rate lets fewer hosts fail.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
