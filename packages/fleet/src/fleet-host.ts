import type { Plan } from "@sampan/sdk";

/** A row of an inventory, checked: a host, where it stands, and what is wanted of it. Plain JSON. */
export interface FleetHost {
  /** Unique in the inventory. */
  readonly name: string;
  /** As `Migration.from` takes it: `ssh://…`, `winrm://…`, `esxi://…`, `ecs://…`, or an image file seen from its site. */
  readonly source: string;
  /** The data centre its disks are near: the name workers there are started with. */
  readonly site: string;
  /** Disks to take; empty for what `capture` takes by itself. */
  readonly disks: readonly string[];
  readonly bucket: string;
  /** Region of the bucket and of the image. */
  readonly region: string;
  /** Regions the image is copied to. */
  readonly targets: readonly string[];
  /** Hosts of one wave are migrated together. */
  readonly wave: string;
  readonly owner: string | null;
  /** Names of hosts that must have been migrated before this one begins. */
  readonly after: readonly string[];
  /** Size of its disks in bytes, where the inventory knows it. */
  readonly sizeBytes: number | null;
  /** What of that is in use, where the inventory knows it. */
  readonly usedBytes: number | null;
  /** Columns of the inventory that Sampan does not know, for the user's own function. */
  readonly more: Readonly<Record<string, string>>;
}

/** A host of a fleet with the plan it is migrated by. */
export interface FleetMigration {
  readonly host: FleetHost;
  readonly plan: Plan;
}
