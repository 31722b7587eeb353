import { GiB } from "@sampan/core";
import { assumedRates } from "@sampan/sdk/engine";
import { type FleetSentence, sentence } from "../fleet-sentence.ts";

/** A number that is taken where nobody knows better, and what it rests on. */
export interface Assumption {
  readonly value: number;
  readonly unit: "bytes" | "bytes/s" | "s" | "at once";
  /** For people: what the number stands for and where it is from. */
  readonly basis: FleetSentence;
}

/**
 * What a capacity estimate takes where neither the inventory nor the policy says. One table: the dry run prints it, the simulation
 * computes by it, and either takes other values.
 */
export const usualAssumptions = {
  diskBytes: {
    value: 40 * GiB,
    unit: "bytes",
    basis: sentence("assumed.diskBytes"),
  },
  siteBytesPerSecond: {
    value: assumedRates.upload,
    unit: "bytes/s",
    basis: sentence("assumed.siteBytesPerSecond"),
  },
  hostBytesPerSecond: {
    value: 100e6,
    unit: "bytes/s",
    basis: sentence("assumed.hostBytesPerSecond"),
  },
  importBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: sentence("assumed.importBytesPerSecond"),
  },
  copyBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: sentence("assumed.copyBytesPerSecond"),
  },
  farCopyBytesPerSecond: {
    value: assumedRates.cloud / 2,
    unit: "bytes/s",
    basis: sentence("assumed.farCopyBytesPerSecond"),
  },
  snapshotBytesPerSecond: {
    value: assumedRates.cloud,
    unit: "bytes/s",
    basis: sentence("assumed.snapshotBytesPerSecond"),
  },
  launchSeconds: {
    value: Math.round((4 * GiB) / assumedRates.cloud),
    unit: "s",
    basis: sentence("assumed.launchSeconds"),
  },
  verifySeconds: { value: 300, unit: "s", basis: sentence("assumed.verifySeconds") },
  assessSeconds: {
    value: 60,
    unit: "s",
    basis: sentence("assumed.assessSeconds"),
  },
  prepareSeconds: { value: 60, unit: "s", basis: sentence("assumed.prepareSeconds") },
  prepareHostSeconds: { value: 180, unit: "s", basis: sentence("assumed.prepareHostSeconds") },
  momentSeconds: {
    value: 15,
    unit: "s",
    basis: sentence("assumed.momentSeconds"),
  },
  layoutSeconds: {
    value: 30,
    unit: "s",
    basis: sentence("assumed.layoutSeconds"),
  },
  callSeconds: { value: 5, unit: "s", basis: sentence("assumed.callSeconds") },
  copiesAtOnce: {
    value: 5,
    unit: "at once",
    basis: sentence("assumed.copiesAtOnce"),
  },
  importsAtOnce: { value: 10, unit: "at once", basis: sentence("assumed.importsAtOnce") },
} as const satisfies Readonly<Record<string, Assumption>>;

/** Name of an assumption. */
export type AssumptionName = keyof typeof usualAssumptions;
/** All that a capacity estimate assumes. Plain JSON. */
export type FleetAssumptions = Readonly<Record<AssumptionName, Assumption>>;

/** The usual assumptions with some numbers of one's own; `basis` says in one's own words where those are from. */
export function assuming(
  values: Readonly<Partial<Record<AssumptionName, number>>>,
  basis: string,
): FleetAssumptions {
  const own = Object.entries(values).map(([name, value]) => {
    const usual = usualAssumptions[name as AssumptionName];
    return [name, { value, unit: usual.unit, basis: sentence("own-words", { words: basis }) }] as const;
  });
  return { ...usualAssumptions, ...Object.fromEntries(own) };
}
