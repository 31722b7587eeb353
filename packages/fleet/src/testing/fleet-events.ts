import { type ErrorRecord, eventVersion, MiB, type RunEvent, type RunEventBody } from "@sampan/core";
import type { FleetEvent, HostOutcome } from "../fleet-event.ts";

/** When the fleets of tests begin. */
export const fleetStartMs = Date.UTC(2026, 10, 23, 12);

/** The time so many seconds after the start. */
export function at(second: number): string {
  return new Date(fleetStartMs + second * 1000).toISOString();
}

const counters = new Map<string, number>();

/** An event of a host's run, wrapped as a fleet tells it. */
export function runEvent(second: number, host: string, body: RunEventBody): FleetEvent {
  const seq = (counters.get(host) ?? 0) + 1;
  counters.set(host, seq);
  const event = { v: eventVersion, runId: `run-${host}`, seq, at: at(second), ...body } as RunEvent;
  return { type: "host.run", at: at(second), host, event };
}

/** The first event of a run of four stages. */
export function runStarted(second: number, host: string, attempt = 1): FleetEvent {
  return runEvent(second, host, {
    type: "run.started",
    plan: "f".repeat(64),
    title: host,
    stages: ["assess", "upload", "import", "copy:cn-shanghai"],
    cloud: { name: "simulator", rehearsal: true, endpoint: null },
    folder: null,
    attempt,
  });
}

/** A stage of a host begins. */
export function stageStarted(second: number, host: string, stage: string, attempt = 1): FleetEvent {
  return runEvent(second, host, { type: "stage.started", stage, summary: `doing ${stage}`, attempt });
}

/** A stage of a host ends. */
export function stageFinished(second: number, host: string, stage: string, tookMs = 1000): FleetEvent {
  return runEvent(second, host, { type: "stage.finished", stage, output: {}, tookMs });
}

/** Numbers of an upload, in MiB. */
export function uploadProgress(
  second: number,
  host: string,
  [doneMiB, totalMiB, rateMiB]: readonly [done: number, total: number | null, rate: number | null],
  sentMiB = doneMiB,
): FleetEvent {
  return runEvent(second, host, {
    type: "stage.progress",
    stage: "upload",
    doneBytes: doneMiB * MiB,
    totalBytes: totalMiB === null ? null : totalMiB * MiB,
    ratePerSecond: rateMiB === null ? null : rateMiB * MiB,
    note: null,
    readBytes: sentMiB * MiB,
    sentBytes: sentMiB * MiB,
  });
}

/** A host is begun. */
export function hostStarted(second: number, host: string, wave: string, site: string): FleetEvent {
  return { type: "host.started", at: at(second), host, wave, site, runId: `run-${host}`, attached: false };
}

/** A host has ended. */
export function hostFinished(
  second: number,
  host: string,
  outcome: HostOutcome,
  error: ErrorRecord | null = null,
  because: string | null = null,
): FleetEvent {
  const runId = outcome === "skipped" ? null : `run-${host}`;
  return {
    type: "host.finished",
    at: at(second),
    host,
    runId,
    outcome,
    error,
    because,
    tookMs: second * 1000,
  };
}

/** What ended a host in tests. */
export const unreachable: ErrorRecord = {
  type: "error",
  code: "CLOUD_UNREACHABLE",
  message: "sending part 7 of oss://images/web.vhd: the connection broke",
  hint: "Check the network, proxy and endpoint, then resume the run.",
  retryable: true,
  details: {},
  causes: [],
};

/** The first event of a fleet: hosts as `wave/site/host`. */
export function fleetStarted(...places: readonly string[]): FleetEvent {
  const waves = new Map<string, { host: string; site: string }[]>();
  for (const place of places) {
    const [wave = "", site = "", host = ""] = place.split("/");
    waves.set(wave, [...(waves.get(wave) ?? []), { host, site }]);
  }
  return {
    type: "fleet.started",
    at: at(0),
    waves: [...waves].map(([wave, hosts]) => ({ wave, hosts })),
  };
}
