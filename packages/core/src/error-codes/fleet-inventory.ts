import type { ErrorCodeEntry } from "./entry.ts";

export const fleetInventoryErrorCodes = {
  FLEET_INVENTORY_UNREADABLE: {
    meaning:
      "An inventory cannot be read: the file is missing, too large, or in none of the formats that are read.",
    cure: "Give a CSV, JSON or YAML file in UTF-8, and correct it at the place named.",
    exitCode: 2,
  },
  FLEET_INVENTORY_INVALID: {
    meaning: "Rows of an inventory say something that cannot be, or contradict each other.",
    cure: "Correct each place named; all that is wrong is told at once. The manual's page on inventories explains every column.",
    exitCode: 2,
  },
  FLEET_PLAN_INVALID: {
    meaning:
      "The function that makes plans of an inventory gave something that is no plan, or plans that would get in each other's way.",
    cure: "Let it return one chain of `Migration` for each host, made from that host's own row.",
    exitCode: 2,
  },
  FLEET_FILE_INVALID: {
    meaning: "A file that describes a fleet exports something else, or a policy that cannot be kept.",
    cure: "Export `defineFleet({ inventory, plan, policy })` as the default, and correct the fields named.",
    exitCode: 2,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
