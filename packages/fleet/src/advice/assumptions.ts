import { GiB } from "@sampan/core";
import { assumedRates } from "@sampan/sdk/engine";

/** A number that is taken where nobody knows better, and what it rests on. */
export interface Assumption {
  readonly value: number;
  readonly unit: "bytes" | "bytes/s" | "s" | "at once";
  /** For people: what the number stands for and where it is from. */
  readonly basis: string;
}

const guess = "an assumption; nothing is published";

/**
 * What a capacity estimate takes where neither the inventory nor the policy says. One table: the dry run prints it, the simulation
 * computes by it, and either takes other values.
 */
export const usualAssumptions = {
  diskBytes: {
    value: 40 * GiB,
    unit: "bytes",
    basis: "disks of a host whose size the inventory does not know; the system disk ECS makes by itself",
  },
  siteBytesPerSecond: {
    value: assumedRates.upload,
    unit: "bytes/s",
    basis: "line of a site whose bandwidth the policy does not say: 100 Mbit/s",
  },
  hostBytesPerSecond: {
    value: 100e6,
    unit: "bytes/s",
    basis: "what one host alone can be read at: a gigabit port, less its overhead",
  },
  importBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: `what ECS imports of a disk, free space included; ${guess}`,
  },
  copyBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: `what ECS copies of an image between regions of the Chinese mainland; ${guess}`,
  },
  farCopyBytesPerSecond: {
    value: assumedRates.cloud / 2,
    unit: "bytes/s",
    basis: `what ECS copies of an image between regions of which one is elsewhere; ${guess}`,
  },
  snapshotBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: `what ECS makes of an instance's snapshots and image; ${guess}`,
  },
  launchSeconds: {
    value: Math.round((4 * GiB) / assumedRates.cloud),
    unit: "s",
    basis: "an instance until it runs, as the forecast of a single plan takes it",
  },
  verifySeconds: { value: 300, unit: "s", basis: `a guest until it has proved itself; ${guess}` },
  assessSeconds: {
    value: 60,
    unit: "s",
    basis: `looking at a host and its guest; ${guess}, hosts differ`,
  },
  prepareSeconds: { value: 60, unit: "s", basis: `fix-ups on the copy; ${guess}, hosts differ` },
  prepareHostSeconds: { value: 180, unit: "s", basis: `fix-ups on the machine; ${guess}, hosts differ` },
  momentSeconds: {
    value: 15,
    unit: "s",
    basis: `holding a moment of the disks, or letting go of it; ${guess}`,
  },
  layoutSeconds: {
    value: 30,
    unit: "s",
    basis: `finding what of a disk is in use, and laying its image out; ${guess}`,
  },
  callSeconds: { value: 5, unit: "s", basis: "a stage that only asks the cloud a few questions" },
  copiesAtOnce: {
    value: 5,
    unit: "at once",
    basis:
      "copies at the same time in a region; more wait in the cloud's queue (vendor's reference of CopyImage)",
  },
  importsAtOnce: { value: 10, unit: "at once", basis: `imports at the same time in a region; ${guess}` },
} as const satisfies Readonly<Record<string, Assumption>>;

/** Name of an assumption. */
export type AssumptionName = keyof typeof usualAssumptions;
/** All that a capacity estimate assumes. Plain JSON. */
export type FleetAssumptions = Readonly<Record<AssumptionName, Assumption>>;

/** The usual assumptions with some numbers of one's own; `basis` says where those are from. */
export function assuming(
  values: Readonly<Partial<Record<AssumptionName, number>>>,
  basis: string,
): FleetAssumptions {
  const own = Object.entries(values).map(([name, value]) => {
    const usual = usualAssumptions[name as AssumptionName];
    return [name, { value, unit: usual.unit, basis }] as const;
  });
  return { ...usualAssumptions, ...Object.fromEntries(own) };
}
