import type { FleetHost } from "../fleet-host.ts";

/** Something to be told of an inventory: where it stands, and what. */
export interface InventoryRemark {
  /** `hosts.csv:3`, `hosts.yaml:12:5`, or the file alone. */
  readonly where: string;
  /** The column, or the path of the field; empty for what is of a whole row or file. */
  readonly field: string;
  readonly message: string;
}

/** The hosts of a fleet, checked. Plain JSON. */
export interface Inventory {
  /** The file, as it was given, or what stands for one. */
  readonly name: string;
  /** In the order of the file. */
  readonly hosts: readonly FleetHost[];
  /** Where each host stands, in the same order. */
  readonly where: readonly string[];
  /** What is probably not meant, and harms nothing by itself. */
  readonly warnings: readonly InventoryRemark[];
}
