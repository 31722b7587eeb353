import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { isSampanError, MiB } from "@sampan/core";
import { afterEach, describe, expect, it } from "vitest";
import type { Served } from "../http/local-http.ts";
import {
  fleetStarted,
  hostFinished,
  hostStarted,
  runEvent,
  runStarted,
  stageFinished,
  stageStarted,
  unreachable,
  uploadProgress,
} from "../testing/fleet-events.ts";
import { fleetMetricTable } from "./metric-table.ts";
import { createFleetMetrics, type FleetMetrics } from "./metrics.ts";
import { type ServeMetricsOptions, serveMetrics } from "./serve-metrics.ts";

/** The value of a metric with just these labels; `undefined` where it is not told. */
async function numberOf(
  metrics: FleetMetrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const all = await metrics.registry.getMetricsAsJSON();
  const values = all.flatMap((metric) => metric.values) as {
    readonly value: number;
    readonly metricName?: string;
    readonly labels: Record<string, string>;
  }[];
  const own =
    all.find((metric) => metric.name === name)?.values ?? values.filter((one) => one.metricName === name);
  return own.find(
    (one) =>
      JSON.stringify(Object.entries(one.labels).sort()) === JSON.stringify(Object.entries(labels).sort()),
  )?.value;
}

const events = [
  fleetStarted("1/sh/web-01", "1/bj/web-02", "1/sh/web-03"),
  hostStarted(1, "web-01", "1", "sh"),
  runStarted(1, "web-01"),
  stageStarted(1, "web-01", "assess"),
  stageFinished(3, "web-01", "assess", 2000),
  stageStarted(3, "web-01", "upload"),
  uploadProgress(10, "web-01", [100, 400, 20]),
  uploadProgress(11, "web-01", [120, 400, 20]),
  hostStarted(5, "web-02", "1", "bj"),
];

describe("the metrics of a fleet", () => {
  it("count hosts by where they are, each once", async () => {
    const metrics = await createFleetMetrics();
    for (const event of events) metrics.add(event);
    const hosts = (state: string) => numberOf(metrics, "sampan_fleet_hosts", { state });
    expect([await hosts("waiting"), await hosts("running"), await hosts("done")]).toEqual([1, 2, 0]);
    metrics.add(hostFinished(20, "web-02", "failed", unreachable));
    metrics.add(hostFinished(20, "web-01", "done"));
    expect([
      await hosts("waiting"),
      await hosts("running"),
      await hosts("done"),
      await hosts("failed"),
    ]).toEqual([1, 0, 1, 1]);
    expect(await numberOf(metrics, "sampan_fleet_errors_total", { code: "CLOUD_UNREACHABLE" })).toBe(1);
    // A fleet that is begun again tells of all its hosts once more.
    metrics.add(fleetStarted("1/sh/web-01", "1/bj/web-02", "1/sh/web-03"));
    metrics.add(hostStarted(30, "web-02", "1", "bj"));
    expect([
      await hosts("waiting"),
      await hosts("running"),
      await hosts("done"),
      await hosts("failed"),
    ]).toEqual([1, 1, 1, 0]);
  });

  it("count bytes that were sent once, also those that a second attempt sends again", async () => {
    const metrics = await createFleetMetrics();
    for (const event of events) metrics.add(event);
    const sent = () => numberOf(metrics, "sampan_fleet_sent_bytes_total", { site: "sh" });
    expect(await sent()).toBe(120 * MiB);
    metrics.add(stageStarted(40, "web-01", "upload", 2));
    metrics.add(uploadProgress(41, "web-01", [150, 400, 20], 30));
    expect(await sent()).toBe(150 * MiB);
  });

  it("measure stages by their verb, those that fail from when they were begun", async () => {
    const metrics = await createFleetMetrics();
    for (const event of events) metrics.add(event);
    metrics.add(runEvent(63, "web-01", { type: "stage.failed", stage: "upload", error: unreachable }));
    metrics.add(stageFinished(80, "web-01", "copy:cn-shanghai", 700_000));
    metrics.add(stageFinished(80, "web-01", "copy:cn-beijing", 100_000));
    const name = "sampan_fleet_stage_duration_seconds";
    const sum = (stage: string, outcome: string) => numberOf(metrics, `${name}_sum`, { stage, outcome });
    expect(await sum("assess", "finished")).toBe(2);
    expect(await sum("upload", "failed")).toBe(60);
    expect(await sum("copy", "finished")).toBe(800);
  });

  it("count retries and stalls by stage", async () => {
    const metrics = await createFleetMetrics();
    metrics.add(
      runEvent(9, "web-01", {
        type: "stage.retrying",
        stage: "upload",
        attempt: 2,
        waitMs: 1,
        error: unreachable,
      }),
    );
    metrics.add(runEvent(9, "web-01", { type: "stage.stalled", stage: "upload", sinceMs: 1, note: "" }));
    expect(await numberOf(metrics, "sampan_fleet_retries_total", { stage: "upload" })).toBe(1);
    expect(await numberOf(metrics, "sampan_fleet_stalls_total", { stage: "upload" })).toBe(1);
  });

  it("take what the store says of its sites, and forget sites that are gone", async () => {
    const metrics = await createFleetMetrics();
    metrics.measure([
      { site: "sh", workers: ["a", "b"], waiting: 3, active: 2, drained: false },
      { site: "bj", workers: [], waiting: 1, active: 0, drained: false },
    ]);
    expect(await numberOf(metrics, "sampan_fleet_site_workers", { site: "sh" })).toBe(2);
    expect(await numberOf(metrics, "sampan_fleet_site_workers", { site: "bj" })).toBe(0);
    metrics.measure([{ site: "sh", workers: ["a"], waiting: 0, active: 1, drained: false }]);
    expect(await numberOf(metrics, "sampan_fleet_site_waiting", { site: "sh" })).toBe(0);
    expect(await numberOf(metrics, "sampan_fleet_site_workers", { site: "bj" })).toBe(undefined);
  });

  it("name no host in a label, and bound what names of others may be there", async () => {
    const metrics = await createFleetMetrics();
    for (let number = 0; number < 500; number++) {
      const host = `secret-host-${number}`;
      metrics.add(hostStarted(1, host, "1", `site-${number}`));
      metrics.add(uploadProgress(2, host, [1, 2, 1]));
      metrics.add(stageFinished(3, host, `stage-${number}`));
      metrics.add(hostFinished(4, host, "failed", { ...unreachable, code: `CODE_${number}` as never }));
    }
    const text = await metrics.registry.metrics();
    expect(text).not.toContain("secret-host");
    expect(text.match(/^sampan_fleet_sent_bytes_total\{/gm)).toHaveLength(101);
    // One of the hundred is the upload, which has not ended.
    expect(text.match(/^sampan_fleet_stage_duration_seconds_count\{/gm)).toHaveLength(100);
    expect(text.match(/^sampan_fleet_errors_total\{/gm)).toEqual(["sampan_fleet_errors_total{"]);
    expect(await numberOf(metrics, "sampan_fleet_errors_total", { code: "other" })).toBe(500);
  });

  it("of a worker count what it does by its site, and no host as waiting of which it sees a stage alone", async () => {
    const metrics = await createFleetMetrics();
    const work = [
      stageStarted(1, "web-01", "upload"),
      uploadProgress(5, "web-01", [3, 4, 1]),
      stageFinished(9, "web-01", "upload", 8000),
    ];
    for (const told of work) if (told.type === "host.run") metrics.addWork(told.event, "上海");
    const sent = await numberOf(metrics, "sampan_fleet_sent_bytes_total", { site: "上海" });
    expect(sent).toBe(3 * MiB);
    const text = await metrics.registry.metrics();
    expect(text).toContain('sampan_fleet_stage_duration_seconds_sum{stage="upload",outcome="finished"} 8');
    expect(text.match(/^sampan_fleet_hosts\{.*\} (?!0$)/gm)).toBeNull();
  });

  it("count a host as running whose run goes on, though its beginning was not told", async () => {
    const metrics = await createFleetMetrics();
    metrics.add(stageStarted(1, "web-01", "upload"));
    expect(await numberOf(metrics, "sampan_fleet_hosts", { state: "running" })).toBe(1);
    metrics.add(hostFinished(2, "web-01", "done"));
    expect(await numberOf(metrics, "sampan_fleet_hosts", { state: "running" })).toBe(0);
    expect(await numberOf(metrics, "sampan_fleet_hosts", { state: "done" })).toBe(1);
  });

  it("escape what a label may not hold", async () => {
    const metrics = await createFleetMetrics();
    metrics.measure([{ site: 'a"} 1\n# \\', workers: [], waiting: 2, active: 0, drained: false }]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('sampan_fleet_site_waiting{site="a\\"} 1\\n# \\\\"} 2\n');
  });

  it("bear numbers that are none", async () => {
    const metrics = await createFleetMetrics();
    metrics.add(stageFinished(1, "web-01", "assess", Number.NaN));
    metrics.add(uploadProgress(1, "web-01", [1, 2, 1], Number.NaN));
    metrics.add(uploadProgress(1, "web-01", [1, 2, 1], -5));
    expect(await metrics.registry.metrics()).not.toContain("Nan");
  });

  it("are those of the table, which the manual lists", async () => {
    const { registry } = await createFleetMetrics();
    const told = (await registry.getMetricsAsJSON()).map(({ name, help, type }) => [name, type, help]);
    const rows = Object.values(fleetMetricTable);
    expect(told.sort()).toEqual(rows.map(({ name, help, type }) => [name, type, help]).sort());
    const page = readFileSync(new URL("../../docs/watching.md", import.meta.url), "utf8");
    const listed = [...page.matchAll(/^\| `(sampan_\w+)` \| (\w+) \| ([^|]*) \| (.*) \|$/gm)].map(
      ([, name, type, labels, help]) => [name, type, labels?.trim(), help],
    );
    expect(listed).toEqual(
      rows.map(({ name, type, labels, help }) => [
        name,
        type,
        labels.map((one) => `\`${one}\``).join(", "),
        help,
      ]),
    );
  });
});

/** A real request, with a `Host` of its own. */
function get(
  url: string,
  {
    method = "GET",
    headers = {},
  }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly type: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          type: String(response.headers["content-type"]),
        }),
      );
    });
    request.on("error", reject);
    request.end();
  });
}

describe("serving metrics", () => {
  const open: Served[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (given: Partial<ServeMetricsOptions> = {}): Promise<string> => {
    const metrics = await createFleetMetrics();
    for (const event of events) metrics.add(event);
    const served = await serveMetrics({ metrics, port: 0, ...given });
    open.push(served);
    return served.origin;
  };

  it("answers Prometheus at /metrics, on this machine alone", async () => {
    const origin = await serve({
      sites: async () => [{ site: "sh", workers: ["a"], waiting: 4, active: 1, drained: false }],
    });
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { status, text, type } = await get(`${origin}/metrics`);
    expect({ status, type }).toEqual({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" });
    expect(text).toContain('sampan_fleet_site_waiting{site="sh"} 4');
    expect(text).toContain('sampan_fleet_hosts{state="running"} 2');
  });

  it("answers nothing else", async () => {
    const origin = await serve();
    expect((await get(origin)).status).toBe(404);
    expect((await get(`${origin}/metrics`, { method: "POST" })).status).toBe(405);
    expect(await get(`${origin}/metrics`, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  it("refuses names that only point here", async () => {
    const origin = await serve();
    const port = new URL(origin).port;
    for (const host of [`evil.example:${port}`, "127.0.0.1:1", `127.0.0.1.evil.example:${port}`, "localhost"])
      expect((await get(`${origin}/metrics`, { headers: { Host: host } })).status, host).toBe(421);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
      expect((await get(`${origin}/metrics`, { headers: { Host: host } })).status, host).toBe(200);
  });

  it("asks for the token where there is one", async () => {
    const origin = await serve({ token: "t0ken" });
    expect((await get(`${origin}/metrics`)).status).toBe(401);
    expect((await get(`${origin}/metrics`, { headers: { Authorization: "Bearer t0ke" } })).status).toBe(401);
    expect((await get(`${origin}/metrics`, { headers: { Authorization: "Bearer t0ken" } })).status).toBe(200);
  });

  it("says so when the store is away", async () => {
    const origin = await serve({ sites: () => Promise.reject(new Error("the store is away")) });
    expect(await get(`${origin}/metrics`)).toMatchObject({ status: 503 });
  });

  it("says so where the address is taken", async () => {
    const { port } = new URL(await serve());
    const error: unknown = await serve({ port: Number(port) }).catch((thrown: unknown) => thrown);
    expect(isSampanError(error, "FLEET_LISTEN_FAILED")).toBe(true);
    expect((error as Error).message).toBe(`serving metrics at 127.0.0.1:${port}: EADDRINUSE`);
  });
});
