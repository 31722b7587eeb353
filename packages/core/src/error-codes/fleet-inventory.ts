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
} as const satisfies Record<string, ErrorCodeEntry>;
