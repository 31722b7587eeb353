import type { ErrorRecord, Severity } from "@sampan/core";
import type { HostOutcome } from "../fleet-event.ts";

/** Where a stage of a host stands. */
export interface HostStage {
  /** As in the run's events: `upload`, `copy:cn-shanghai`. */
  readonly key: string;
  readonly state: "waiting" | "running" | "retrying" | "stalled" | "finished" | "failed";
  /** How often it was begun; 0 while it waits. */
  readonly attempt: number;
  readonly doneBytes: number;
  /** `null` while unknown. */
  readonly totalBytes: number | null;
  /** Bytes a second, as the stage told last; `null` while unknown, and when it is over. */
  readonly ratePerSecond: number | null;
  /** Bytes sent, all attempts together; `null` of a stage that sends nothing. */
  readonly sentBytes: number | null;
  /** What of that earlier attempts sent. */
  readonly earlierBytes: number;
  /** How long it will still take, in milliseconds, as it told last; `null` while that cannot be told. */
  readonly leftMs: number | null;
  /** What is done or waited for, in its own words: foreign text. */
  readonly note: string;
  /** When it last told something, in milliseconds since 1970. */
  readonly atMs: number | null;
  readonly tookMs: number | null;
}

/** A finding of a host, as a report of many tells it. */
export interface HostFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  /** The reason given in the plan for accepting it; `null` when it was not accepted. */
  readonly accepted: string | null;
}

/** An image that a host became. */
export interface HostImage {
  readonly region: string;
  readonly imageId: string;
}

/** A host of a fleet as far as its events tell. Plain JSON; its texts are as foreign as the events'. */
export interface HostView {
  readonly host: string;
  readonly wave: string;
  readonly site: string;
  readonly state: "waiting" | "running" | "ended";
  /** `null` until it has ended. */
  readonly outcome: HostOutcome | null;
  readonly runId: string | null;
  /** Whether it is one of the first of its wave, which the others wait for. */
  readonly canary: boolean;
  /** Whether nothing of it is real. */
  readonly rehearsal: boolean;
  readonly stages: readonly HostStage[];
  /** Of what is sent. */
  readonly doneBytes: number;
  /** Of what is sent; `null` while unknown. */
  readonly totalBytes: number | null;
  /** Bytes that crossed the line, all attempts together. */
  readonly sentBytes: number;
  /** Sum over the stages that send; 0 while none does. */
  readonly ratePerSecond: number;
  readonly retries: number;
  readonly findings: readonly HostFinding[];
  readonly images: readonly HostImage[];
  readonly error: ErrorRecord | null;
  /** Why it was skipped; `null` unless it was. */
  readonly because: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly tookMs: number | null;
  /** When it last told something. */
  readonly lastAt: string | null;
}

/** How many hosts are where. */
export interface HostCounts extends Readonly<Record<HostOutcome, number>> {
  readonly hosts: number;
  readonly waiting: number;
  readonly running: number;
  readonly ended: number;
}

/** A data centre as far as the events tell. */
export interface SiteView extends HostCounts {
  readonly site: string;
  /** Sum of the rates of what sends from it now, in bytes a second. */
  readonly ratePerSecond: number;
  readonly sentBytes: number;
  /** Until when nothing new is started in it; `null` while it is open. */
  readonly pausedUntil: string | null;
}

/** A wave as far as the events tell. */
export interface WaveView extends HostCounts {
  readonly wave: string;
  readonly state: "waiting" | "running" | "stopped" | "finished";
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly doneBytes: number;
  /** What its hosts send altogether, `guessedHosts` of them by guess; `null` while no host has told what it sends. */
  readonly totalBytes: number | null;
  /** Hosts whose bytes nobody has told: they count as the mean of those that are known. */
  readonly guessedHosts: number;
  readonly ratePerSecond: number;
  /** How long it will still take, in milliseconds; `null` while that cannot be told, and when it is over. */
  readonly leftMs: number | null;
  /** Why nothing of it is begun any more; `null` unless it was stopped. */
  readonly stopped: string | null;
  readonly failures: readonly {
    readonly host: string;
    readonly code: string | null;
    readonly message: string;
  }[];
}

/** A fleet as far as its events tell: everything that dashboards and reports need. Plain JSON. */
export interface FleetView {
  readonly startedAt: string | null;
  /** When something was last told. */
  readonly lastAt: string | null;
  readonly endedAt: string | null;
  readonly counts: HostCounts;
  readonly ratePerSecond: number;
  /** In the order they were told. */
  readonly waves: readonly WaveView[];
  /** By name. */
  readonly sites: readonly SiteView[];
  /** In the order they were told. */
  readonly hosts: readonly HostView[];
}
