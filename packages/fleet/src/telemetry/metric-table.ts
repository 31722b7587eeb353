/** A metric as the manual and Prometheus describe it. */
export interface MetricRow {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly help: string;
}

/** Every metric of a fleet. No label holds a host's name: there may be thousands of them. */
export const fleetMetricTable = {
  hosts: {
    name: "sampan_fleet_hosts",
    type: "gauge",
    labels: ["state"],
    help: "Hosts that wait, run, or have ended in some way.",
  },
  stageSeconds: {
    name: "sampan_fleet_stage_duration_seconds",
    type: "histogram",
    labels: ["stage", "outcome"],
    help: "How long stages took that finished or failed.",
  },
  sentBytes: {
    name: "sampan_fleet_sent_bytes_total",
    type: "counter",
    labels: ["site"],
    help: "Bytes that uploads sent over the line, repeated ones included.",
  },
  retries: {
    name: "sampan_fleet_retries_total",
    type: "counter",
    labels: ["stage"],
    help: "How often something was tried again within a stage.",
  },
  stalls: {
    name: "sampan_fleet_stalls_total",
    type: "counter",
    labels: ["stage"],
    help: "How often a stage told that it stands still.",
  },
  errors: {
    name: "sampan_fleet_errors_total",
    type: "counter",
    labels: ["code"],
    help: "Hosts that failed, by the code of the error.",
  },
  waiting: {
    name: "sampan_fleet_site_waiting",
    type: "gauge",
    labels: ["site"],
    help: "Stages that wait for a worker of the site.",
  },
  active: {
    name: "sampan_fleet_site_active",
    type: "gauge",
    labels: ["site"],
    help: "Stages that workers of the site work on.",
  },
  workers: {
    name: "sampan_fleet_site_workers",
    type: "gauge",
    labels: ["site"],
    help: "Workers of the site that are alive.",
  },
} as const satisfies Readonly<Record<string, MetricRow>>;
