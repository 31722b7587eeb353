import type { CostItem } from "@sampan/sdk";
import type { FleetSentence } from "../fleet-sentence.ts";
import type { Assumption, AssumptionName } from "./assumptions.ts";

/*
 * What the dry run of a whole fleet says: plain JSON, printed by `--dry-run --json`. A change that breaks readers raises `v`.
 */

export const fleetAdviceVersion = 1;

/** Bytes of some hosts, and how much of them is known. */
export interface ByteSum {
  readonly hosts: number;
  /** All that would be sent. */
  readonly sentBytes: number;
  /** What of that rests on a size the inventory gives nothing of, but for the assumption. */
  readonly assumedBytes: number;
  /** Hosts without a size. */
  readonly sizeUnknown: number;
  /** Hosts with a size, but without what of it is in use: all of it counts. None whose plan sends free space too, and needs no more than the size. */
  readonly usedUnknown: number;
}

/** What may be scarce. */
export type LimitKind =
  /** The line of a site. */
  | "line"
  /** Migrations of one site at the same time. */
  | "hosts-per-site"
  /** Migrations of the fleet at the same time. */
  | "hosts-at-once"
  /** Imports that run in a region. */
  | "imports"
  /** Copies that run in a region. */
  | "copies"
  /** Hosts that wait for each other, one after the other. */
  | "order"
  /** The host that takes longest. */
  | "one-host"
  /** Hours in which nothing is begun. */
  | "blackouts";

/** Something that keeps a wave from being quicker. */
export interface Limit {
  readonly kind: LimitKind;
  /** The site, region or host; empty for what is of all. */
  readonly name: string;
  /** How long it takes by this alone. */
  readonly hours: number;
}

/** One wave. */
export interface WaveAdvice {
  readonly wave: string;
  readonly bytes: ByteSum;
  readonly sites: readonly string[];
  /** Names of those that go first. */
  readonly canaries: readonly string[];
  /** At least: no order of its hosts is quicker than what limits it. But for `blackoutHours`, which are an estimate. */
  readonly hours: number;
  /** The hours that pass for blackouts, part of `hours`: what runs goes on in them, so it may be fewer. */
  readonly blackoutHours: number;
  readonly bottleneck: Limit;
}

/** What to do, and why. */
export interface AdviceItem extends FleetSentence {
  readonly kind: "images" | "file-sync" | "redeploy-or-file-sync" | "faster-line" | "offline";
  /** Whose advice it is. */
  readonly basis: FleetSentence;
}

/** Something the vendor bills. */
export type FleetCost = CostItem & FleetSentence;

/** One site. */
export interface SiteAdvice {
  readonly site: string;
  readonly bytes: ByteSum;
  readonly bandwidth: {
    readonly bytesPerSecond: number;
    /** Whether the policy says it; the assumption otherwise. */
    readonly known: boolean;
  };
  /** Time that its line is busy. */
  readonly sendingHours: number;
  /** Share of the week in which nothing is begun there, 0 to 1. */
  readonly blackoutShare: number;
  /** The longest time that one of its hosts would be at rest, were nothing to change on it: sending and importing. */
  readonly hoursPerHost: number;
  readonly slowestHost: string;
  /** How many hosts would be at rest for longer than the limit. */
  readonly slowHosts: number;
  readonly bottleneck: Limit;
  readonly advice: readonly AdviceItem[];
}

/** One region. */
export interface RegionAdvice {
  readonly region: string;
  readonly imports: number;
  readonly importHours: number;
  readonly copies: number;
  readonly copyHours: number;
  /** Of the images that will be there, in whole GiB a disk. */
  readonly imageBytes: number;
}

/** Limits that an advice goes by. */
export interface AdviceLimits {
  /** Longest time one host may be at rest. */
  readonly hoursPerHost: number;
  /** Longest time the line of a site may be busy. */
  readonly hoursPerSite: number;
}

/** The dry run of a fleet. */
export interface FleetAdvice {
  readonly v: typeof fleetAdviceVersion;
  readonly bytes: ByteSum;
  /** At least, waves one after the other. */
  readonly hours: number;
  readonly waves: readonly WaveAdvice[];
  readonly sites: readonly SiteAdvice[];
  readonly regions: readonly RegionAdvice[];
  /** What the vendor bills. No price is named: it depends on region and contract. */
  readonly costs: readonly FleetCost[];
  readonly limits: AdviceLimits;
  /** What was taken for these numbers where nobody said it, and nothing that was not. */
  readonly assumptions: readonly (Assumption & { readonly name: AssumptionName })[];
}
