import type { ErrorRecord, RunEvent } from "@sampan/core";

/** What became of a host. */
export type HostOutcome = "done" | "warnings" | "failed" | "cancelled" | "skipped";

interface Told<Type extends string> {
  readonly type: Type;
  /** ISO time. */
  readonly at: string;
}

/**
 * What happens to a fleet, as one line of JSON each: the first is `fleet.started`, the last `fleet.finished`. Every event of a host's
 * run stands in one of type `host.run`, unchanged.
 */
export type FleetEvent =
  | (Told<"fleet.started"> & {
      readonly waves: readonly {
        readonly wave: string;
        readonly hosts: readonly { readonly host: string; readonly site: string }[];
      }[];
    })
  | (Told<"wave.started"> & { readonly wave: string; readonly canaries: readonly string[] })
  | (Told<"host.started"> & {
      readonly host: string;
      readonly wave: string;
      readonly site: string;
      readonly runId: string;
      /** Whether its run was going on already. */
      readonly attached: boolean;
    })
  | (Told<"host.run"> & { readonly host: string; readonly event: RunEvent })
  | (Told<"host.finished"> & {
      readonly host: string;
      readonly runId: string | null;
      readonly outcome: HostOutcome;
      /** What ended it; `null` unless it failed. */
      readonly error: ErrorRecord | null;
      /** Why it was skipped: `db-01 failed`, `wave 2 was stopped`, `the fleet was cancelled`; `null` unless it was skipped. */
      readonly because: string | null;
      readonly tookMs: number;
    })
  | (Told<"site.paused"> & { readonly site: string; readonly until: string })
  | (Told<"site.resumed"> & { readonly site: string })
  | (Told<"wave.stopped"> & {
      readonly wave: string;
      readonly failed: number;
      readonly ended: number;
      readonly reason: string;
    })
  | (Told<"wave.finished"> & {
      readonly wave: string;
      readonly outcomes: Readonly<Record<HostOutcome, number>>;
    })
  | (Told<"fleet.finished"> & { readonly outcomes: Readonly<Record<HostOutcome, number>> });
