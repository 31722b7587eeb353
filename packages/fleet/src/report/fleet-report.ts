import type { HostOutcome } from "../fleet-event.ts";
import { countHosts, groupHosts, sumOf } from "../watch/count-hosts.ts";
import type { FleetView, HostCounts, HostFinding, HostImage, HostView } from "../watch/fleet-view.ts";

/** What became of one host. */
export interface HostReport {
  readonly host: string;
  readonly wave: string;
  readonly site: string;
  /** `waiting` and `running` of a fleet that has not ended. */
  readonly outcome: HostOutcome | "waiting" | "running";
  readonly runId: string | null;
  /** Whether nothing of it is real. */
  readonly rehearsal: boolean;
  readonly images: readonly HostImage[];
  /** What it sends altogether; `null` where it never told. */
  readonly totalBytes: number | null;
  /** What crossed the line, all attempts together. */
  readonly sentBytes: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly tookMs: number | null;
  readonly retries: number;
  readonly findings: readonly HostFinding[];
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** Why it was skipped; `null` unless it was. */
  readonly because: string | null;
}

/** How one wave went. */
export interface WaveReport extends HostCounts {
  readonly wave: string;
  readonly state: "waiting" | "running" | "stopped" | "finished";
  /** Why nothing of it was begun any more; `null` unless it was stopped. */
  readonly stopped: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly sentBytes: number;
}

/** A fleet, or one wave of it, as a document for filing. Plain JSON, versioned; its texts are as foreign as the events'. */
export interface FleetReport {
  readonly v: 1;
  /** The wave it is about; `null` for all of them. */
  readonly wave: string | null;
  /** Whether nothing of it is real. */
  readonly rehearsal: boolean;
  readonly startedAt: string | null;
  /** `null` while it goes on. */
  readonly endedAt: string | null;
  readonly counts: HostCounts;
  readonly sentBytes: number;
  readonly waves: readonly WaveReport[];
  readonly hosts: readonly HostReport[];
}

/**
 * Makes the report of a fleet from what is known of it, or of one wave. Pure: the same view gives the same report.
 *
 * @example
 * ```ts
 * const report = fleetReport(foldFleet(events), { wave: "1" });
 * ```
 */
export function fleetReport(view: FleetView, { wave }: { readonly wave?: string } = {}): FleetReport {
  const isMeant = (one: { readonly wave: string }): boolean => wave === undefined || one.wave === wave;
  const hosts = view.hosts.filter(isMeant);
  const waves = view.waves.filter(isMeant);
  const byWave = groupHosts(hosts, (host) => host.wave);
  const begun = hosts.filter(({ startedAt }) => startedAt !== null);
  const only = wave === undefined ? undefined : waves[0];
  return {
    v: 1,
    wave: wave ?? null,
    rehearsal: begun.length > 0 && begun.every(({ rehearsal }) => rehearsal),
    startedAt: wave === undefined ? view.startedAt : (only?.startedAt ?? null),
    endedAt: wave === undefined ? view.endedAt : (only?.endedAt ?? null),
    counts: countHosts(hosts),
    sentBytes: sumOf(hosts, ({ sentBytes }) => sentBytes),
    waves: waves.map((one) => {
      const own = byWave.get(one.wave) ?? [];
      const { state, stopped, startedAt, endedAt } = one;
      const sentBytes = sumOf(own, (host) => host.sentBytes);
      return { wave: one.wave, state, stopped, ...countHosts(own), startedAt, endedAt, sentBytes };
    }),
    hosts: hosts.map(hostReport),
  };
}

function hostReport(host: HostView): HostReport {
  const { error } = host;
  return {
    host: host.host,
    wave: host.wave,
    site: host.site,
    outcome: host.outcome ?? (host.state === "running" ? "running" : "waiting"),
    runId: host.runId,
    rehearsal: host.rehearsal,
    images: host.images,
    totalBytes: host.totalBytes,
    sentBytes: host.sentBytes,
    startedAt: host.startedAt,
    endedAt: host.endedAt,
    tookMs: host.tookMs,
    retries: host.retries,
    findings: host.findings,
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    because: host.because,
  };
}
