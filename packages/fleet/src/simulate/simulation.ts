import type { HostOutcome } from "../fleet-event.ts";
import type { FleetSentence } from "../fleet-sentence.ts";

/** When a simulated wave was and what became of it. */
export interface SimulatedWave {
  readonly wave: string;
  /** ISO time; `null` when nothing of it began. */
  readonly startsAt: string | null;
  readonly endsAt: string;
  /** How many there are. */
  readonly hosts: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why nothing of it or of later ones began any more; `null` unless it was stopped. */
  readonly stopped: string | null;
}

/** What a simulated site had to do. */
export interface SimulatedSite {
  readonly site: string;
  readonly hosts: number;
  /** What its line can carry, in bytes a second. */
  readonly bytesPerSecond: number;
  /** Bytes sent. */
  readonly bytes: number;
  /** Share (0 to 1) of what its line could have carried from the first start of a host there to the last end. */
  readonly busyShare: number;
  /** The most uploads at the same time. */
  readonly peakUploads: number;
  /** The most hosts at the same time. */
  readonly peakHosts: number;
  /** ISO times of the first start and the last end of a host; `null` when none began. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** Something that hosts had to wait for. */
export interface Bottleneck {
  readonly kind:
    | "bandwidth"
    | "imports"
    | "copies"
    | "hosts-per-site"
    | "hosts-at-once"
    | "canaries"
    | "blackout";
  /** The site or the region; `null` for what is of the whole fleet. */
  readonly name: string | null;
  /** Share (0 to 1) of the time of the whole fleet during which somebody went slower, or had to wait, because of it. */
  readonly share: number;
  /** For people: what limited whom. */
  readonly says: FleetSentence;
}

/** A number that a simulation rests on. */
export interface SimulatedWith {
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
  /** For people: where it is from. */
  readonly basis: FleetSentence;
  /** How many hosts it was taken for; `null` for what is of the whole fleet. */
  readonly hosts: number | null;
}

/** When a simulated host was migrated. */
export interface SimulatedHost {
  readonly host: string;
  readonly wave: string;
  readonly site: string;
  /** ISO times; `startsAt` is `null` when it did not begin. */
  readonly startsAt: string | null;
  readonly endsAt: string;
  readonly outcome: HostOutcome;
}

/** What a simulation of a fleet came to. Plain JSON. */
export interface Simulation {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly outcomes: Readonly<Record<HostOutcome, number>>;
  /** In their order. */
  readonly waves: readonly SimulatedWave[];
  /** By name. */
  readonly sites: readonly SimulatedSite[];
  /** Worst first. */
  readonly bottlenecks: readonly Bottleneck[];
  /** All that was assumed, and what of it somebody said. */
  readonly assumptions: readonly SimulatedWith[];
  /** In the order they ended in. */
  readonly hosts: readonly SimulatedHost[];
}
