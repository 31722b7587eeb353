import { eventVersion, MiB, type RunEvent, type RunEventBody } from "@sampan/core";
import type { FleetEvent } from "@sampan/fleet";

/** When the fleets of tests begin. */
export const fleetStartMs = Date.UTC(2026, 10, 23, 12);

function at(second: number): string {
  return new Date(fleetStartMs + second * 1000).toISOString();
}

let seq = 0;

/** An event of a host's run, as a fleet tells it. */
export function hostRun(second: number, host: string, body: RunEventBody): FleetEvent {
  seq += 1;
  const event = { v: eventVersion, runId: `run-${host}`, seq, at: at(second), ...body } as RunEvent;
  return { type: "host.run", at: at(second), host, event };
}

const stages = [
  "select",
  "assess",
  "check",
  "capture",
  "upload",
  "import",
  "copy:cn-shanghai",
  "copy:cn-beijing",
];

/** Events up to where a host has begun its upload. */
export function hostBegun(second: number, host: string, wave: string, site: string): FleetEvent[] {
  const stage = (key: string, from: number, to: number | null): FleetEvent[] => [
    hostRun(from, host, { type: "stage.started", stage: key, summary: `doing ${key}`, attempt: 1 }),
    ...(to === null
      ? []
      : [hostRun(to, host, { type: "stage.finished", stage: key, output: {}, tookMs: (to - from) * 1000 })]),
  ];
  return [
    { type: "host.started", at: at(second), host, wave, site, runId: `run-${host}`, attached: false },
    hostRun(second, host, {
      type: "run.started",
      plan: "f".repeat(64),
      title: host,
      stages,
      cloud: { name: "alibaba", rehearsal: false, endpoint: null },
      folder: null,
      attempt: 1,
    }),
    ...stage("select", second, second + 1),
    ...stage("assess", second + 1, second + 3),
    ...stage("check", second + 3, second + 4),
    ...stage("capture", second + 4, second + 5),
    ...stage("upload", second + 5, null),
  ];
}

/** How far the upload of a host is, in MiB, at so many MiB a second. */
export function uploading(
  second: number,
  host: string,
  done: number,
  total: number,
  rate: number,
): FleetEvent {
  return hostRun(second, host, {
    type: "stage.progress",
    stage: "upload",
    doneBytes: done * MiB,
    totalBytes: total * MiB,
    ratePerSecond: rate * MiB,
    note: null,
    etaMs: rate === 0 ? null : ((total - done) / rate) * 1000,
    sentBytes: done * MiB,
    readBytes: done * MiB,
  });
}

/** What became of a host that failed, in words of a server that would like to draw on the terminal. */
export function hostFailed(second: number, host: string, message: string): FleetEvent[] {
  const error = {
    type: "error",
    code: "CLOUD_UNREACHABLE",
    message,
    hint: "Check the network, proxy and endpoint, then resume the run.",
    retryable: true,
    details: {},
    causes: [],
  } as const;
  return [
    hostRun(second, host, { type: "stage.failed", stage: "upload", error }),
    {
      type: "host.finished",
      at: at(second),
      host,
      runId: `run-${host}`,
      outcome: "failed",
      error,
      because: null,
      tookMs: second * 1000,
    },
  ];
}

/** A host has ended, well or because it was left out. */
export function hostEnded(
  second: number,
  host: string,
  outcome: "done" | "warnings" | "skipped",
): FleetEvent {
  return {
    type: "host.finished",
    at: at(second),
    host,
    runId: outcome === "skipped" ? null : `run-${host}`,
    outcome,
    error: null,
    because: outcome === "skipped" ? "it waits for db-01, which failed" : null,
    tookMs: second * 1000,
  };
}

/** A fleet of two waves at three sites in the middle of its first wave: 40 hosts, of which some of everything. */
export function busyFleet(): FleetEvent[] {
  const names = Array.from({ length: 40 }, (_, number) => `web-${String(number + 1).padStart(2, "0")}`);
  const sites = ["hangzhou", "shanghai", "beijing"];
  const placed = names.map((host, at) => ({ host, site: sites[at % 3] ?? "" }));
  const events: FleetEvent[] = [
    {
      type: "fleet.started",
      at: at(0),
      waves: [
        { wave: "1", hosts: placed.slice(0, 25) },
        { wave: "2", hosts: placed.slice(25) },
      ],
    },
    { type: "wave.started", at: at(0), wave: "1", canaries: ["web-01", "web-02"] },
  ];
  for (const { host, site } of placed.slice(0, 14)) events.push(...hostBegun(1, host, "1", site));
  for (const [index, { host }] of placed.slice(2, 14).entries())
    events.push(uploading(40, host, 200 * (index + 1), 4000, 10 + index));
  return [
    ...events,
    hostEnded(50, "web-01", "done"),
    hostEnded(55, "web-02", "warnings"),
    ...hostFailed(56, "web-03", "sending part 7: \u001b[2J\u001b]0;pwned\u0007the connection broke"),
    hostRun(57, "web-04", {
      type: "stage.retrying",
      stage: "upload",
      attempt: 2,
      waitMs: 4000,
      error: {
        type: "error",
        code: "CLOUD_UNREACHABLE",
        message: "sending part 9: the connection broke",
        hint: "",
        retryable: true,
        details: {},
        causes: [],
      },
    }),
    hostRun(58, "web-05", {
      type: "stage.stalled",
      stage: "upload",
      sinceMs: 60_000,
      note: "no byte since 600 MiB",
    }),
    hostEnded(59, "web-25", "skipped"),
    { type: "site.paused", at: at(59), site: "beijing", until: at(59 + 7200) },
    uploading(60, "web-06", 900, 4000, 12),
  ];
}
