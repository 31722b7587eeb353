import { errorCodeEntry, type RunEvent } from "@sampan/core";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SiteStatus } from "../engine/fleet-runner.ts";
import type { FleetEvent, HostOutcome } from "../fleet-event.ts";
import { fleetMetricTable as table } from "./metric-table.ts";

/** What Prometheus is told of a fleet. */
export interface FleetMetrics {
  /** A registry of its own, with nothing else in it. */
  readonly registry: Registry;
  /** Counts the next event. */
  add(event: FleetEvent): void;
  /**
   * Counts an event of a run that a worker does a stage of: bytes, stages, retries and stalls. A worker sees no more of a host than that, so
   * hosts are not counted by it.
   */
  addWork(event: RunEvent, site: string | null): void;
  /** Takes what the store says of its sites now; sites that are not there any more go. */
  measure(sites: readonly SiteStatus[]): void;
}

/** From a second to a day: an assessment takes seconds, an upload hours. */
const secondsBuckets = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** So many values of a label; what comes then is `other`. Inventories and pipelines of the user's own name sites and stages. */
const mostValues = 100;

type HostState = "waiting" | "running" | HostOutcome;
const hostStates: readonly HostState[] = [
  "waiting",
  "running",
  "done",
  "warnings",
  "failed",
  "cancelled",
  "skipped",
];

/** What is remembered of a host, so that it counts once. */
interface Counted {
  readonly site: string;
  /** `null` of one of which nothing but its run was told. */
  readonly state: HostState | null;
  /** What the attempt at each stage has told as sent. */
  readonly sent: Map<string, number>;
  /** When each stage that is under way was begun. */
  readonly begunMs: Map<string, number>;
}

/** Makes the metrics of a fleet. prom-client is loaded only here. */
export async function createFleetMetrics(): Promise<FleetMetrics> {
  const prometheus = await import("prom-client");
  const registry = new prometheus.Registry();
  const described = ({ name, help, labels }: (typeof table)[keyof typeof table]) => ({
    name,
    help,
    labelNames: [...labels] as string[],
    registers: [registry],
  });
  const gauge = (row: (typeof table)[keyof typeof table]): Gauge => new prometheus.Gauge(described(row));
  const counter = (row: (typeof table)[keyof typeof table]): Counter =>
    new prometheus.Counter(described(row));

  const hosts = gauge(table.hosts);
  const stageSeconds: Histogram = new prometheus.Histogram({
    ...described(table.stageSeconds),
    buckets: secondsBuckets,
  });
  const sentBytes = counter(table.sentBytes);
  const retries = counter(table.retries);
  const stalls = counter(table.stalls);
  const errors = counter(table.errors);
  const bySite = {
    waiting: gauge(table.waiting),
    active: gauge(table.active),
    workers: gauge(table.workers),
  };

  const known = new Map<string, Counted>();
  const siteLabel = boundedLabel();
  const stageLabel = boundedLabel();
  for (const state of hostStates) hosts.set({ state }, 0);

  const move = (name: string, changed: { readonly site?: string; readonly state?: HostState }): Counted => {
    const before = known.get(name);
    const after = { ...(before ?? unheard("")), state: before?.state ?? "waiting", ...changed };
    if (before !== undefined && before.state !== null) hosts.dec({ state: before.state });
    hosts.inc({ state: after.state });
    known.set(name, after);
    return after;
  };
  const workedOn = (name: string, site: string): Counted => {
    const one = known.get(name) ?? unheard(site);
    known.set(name, one);
    return one;
  };

  const took = (stage: string, outcome: "finished" | "failed", tookMs: number): void => {
    if (tookMs >= 0) stageSeconds.observe({ stage, outcome }, tookMs / 1000);
  };

  const addRun = ({ sent, begunMs, site }: Counted, event: RunEvent): void => {
    if (!("stage" in event) || event.stage === null) return;
    const stage = stageLabel(event.stage.split(":", 1)[0] ?? "");
    switch (event.type) {
      case "stage.started":
        sent.delete(event.stage);
        begunMs.set(event.stage, Date.parse(event.at));
        return;
      case "stage.progress": {
        const before = sent.get(event.stage) ?? 0;
        const more = (event.sentBytes ?? 0) - before;
        if (more <= 0 || Number.isNaN(more)) return;
        sentBytes.inc({ site: siteLabel(site) }, more);
        sent.set(event.stage, before + more);
        return;
      }
      case "stage.retrying":
        retries.inc({ stage });
        return;
      case "stage.stalled":
        stalls.inc({ stage });
        return;
      case "stage.finished":
        begunMs.delete(event.stage);
        took(stage, "finished", event.tookMs);
        return;
      case "stage.failed":
        // A stage that fails does not say how long it took.
        took(stage, "failed", Date.parse(event.at) - (begunMs.get(event.stage) ?? Number.NaN));
        begunMs.delete(event.stage);
    }
  };

  return {
    registry,
    add(event) {
      switch (event.type) {
        case "fleet.started":
          for (const { hosts: told } of event.waves) for (const { host, site } of told) move(host, { site });
          return;
        case "host.started":
          move(event.host, { site: event.site, state: "running" });
          return;
        case "host.run":
          addRun(known.get(event.host) ?? move(event.host, { state: "running" }), event.event);
          return;
        case "host.finished":
          move(event.host, { state: event.outcome });
          if (event.outcome === "failed") errors.inc({ code: codeLabel(event.error?.code) });
      }
    },
    addWork: (event, site) => addRun(workedOn(event.runId, site ?? ""), event),
    measure(sites) {
      for (const one of Object.values(bySite)) one.reset();
      for (const { site, waiting, active, workers } of sites) {
        const label = { site: siteLabel(site) };
        bySite.waiting.inc(label, waiting);
        bySite.active.inc(label, active);
        bySite.workers.inc(label, workers.length);
      }
    },
  };
}

/** One of which nothing was told so far. */
function unheard(site: string): Counted {
  return { site, state: null, sent: new Map(), begunMs: new Map() };
}

/** Gives values back as they are, the first hundred of them; all others are `other`. */
function boundedLabel(): (value: string) => string {
  const values = new Set<string>();
  return (value) => {
    if (values.has(value)) return value;
    if (values.size >= mostValues) return "other";
    values.add(value);
    return value;
  };
}

/** A code of the table; what a newer worker says and this one does not know is `other`. */
function codeLabel(code: string | undefined): string {
  return code !== undefined && errorCodeEntry(code) !== undefined ? code : "other";
}
