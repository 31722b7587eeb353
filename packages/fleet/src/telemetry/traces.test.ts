import { SpanStatusCode } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { RunEvent } from "@sampan/core";
import { describe, expect, it } from "vitest";
import type { FleetEvent } from "../fleet-event.ts";
import {
  at,
  hostFinished,
  hostStarted,
  runEvent,
  runStarted,
  stageFinished,
  stageStarted,
  unreachable,
  uploadProgress,
} from "../testing/fleet-events.ts";
import { traceFleet, traceRun } from "./traces.ts";

function recorder() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer("test"), spans: () => exporter.getFinishedSpans() };
}

function runEvents(events: readonly FleetEvent[]): RunEvent[] {
  return events.flatMap((event) => (event.type === "host.run" ? [event.event] : []));
}

/** Start and end of a span as ISO times. */
function times(span: ReadableSpan | undefined): readonly string[] {
  const iso = ([seconds, nanos]: readonly [number, number]): string =>
    new Date(seconds * 1000 + nanos / 1e6).toISOString();
  return span === undefined ? [] : [iso(span.startTime), iso(span.endTime)];
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan | undefined {
  return spans.find((span) => span.name === name);
}

const finished = [
  runStarted(0, "web-01"),
  stageStarted(1, "web-01", "assess"),
  stageFinished(3, "web-01", "assess"),
  stageStarted(3, "web-01", "upload"),
  uploadProgress(10, "web-01", [100, 400, 20]),
  runEvent(11, "web-01", {
    type: "stage.retrying",
    stage: "upload",
    attempt: 2,
    waitMs: 4000,
    error: unreachable,
  }),
  runEvent(70, "web-01", { type: "stage.stalled", stage: "upload", sinceMs: 55_000, note: "" }),
  // Its worker died: another goes on.
  runStarted(80, "web-01", 2),
  stageStarted(81, "web-01", "upload", 2),
  uploadProgress(90, "web-01", [400, 400, 20], 300),
  stageFinished(90, "web-01", "upload"),
  stageStarted(91, "web-01", "copy:cn-shanghai"),
  stageStarted(91, "web-01", "copy:cn-beijing"),
  stageFinished(95, "web-01", "copy:cn-beijing"),
  stageFinished(99, "web-01", "copy:cn-shanghai"),
  runEvent(99, "web-01", { type: "run.finished", result: {}, warnings: 2 }),
];

describe("the trace of a run", () => {
  it("is one trace, with a span for the run and one below it for each stage, by the events' own times", async () => {
    const { tracer, spans } = recorder();
    await traceRun(runEvents(finished), tracer);
    const all = spans();
    const run = named(all, "sampan.run");
    expect(all.map(({ name }) => name).sort()).toEqual([
      "sampan.run",
      "sampan.stage assess",
      "sampan.stage copy",
      "sampan.stage copy",
      "sampan.stage upload",
    ]);
    expect(new Set(all.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(run?.parentSpanContext).toBe(undefined);
    for (const span of all.filter((one) => one !== run))
      expect(span.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(times(run)).toEqual([at(0), at(99)]);
    expect(times(named(all, "sampan.stage upload"))).toEqual([at(3), at(90)]);
    expect(run?.attributes).toMatchObject({
      "sampan.run.id": "run-web-01",
      "sampan.run.title": "web-01",
      "sampan.rehearsal": true,
      "sampan.run.outcome": "finished",
      "sampan.run.warnings": 2,
    });
  });

  it("tells attempts, retries and stalls as events of the stage", async () => {
    const { tracer, spans } = recorder();
    await traceRun(runEvents(finished), tracer);
    const upload = named(spans(), "sampan.stage upload");
    expect(upload?.events.map(({ name, attributes }) => [name, attributes?.["sampan.attempt"]])).toEqual([
      ["attempt", 1],
      ["retrying", 2],
      ["stalled", undefined],
      ["attempt", 2],
    ]);
    expect(upload?.attributes).toMatchObject({
      "sampan.stage": "upload",
      "sampan.bytes.done": 400 * 1024 * 1024,
      "sampan.bytes.sent": 300 * 1024 * 1024,
    });
    expect(named(spans(), "sampan.run")?.events.map(({ name }) => name)).toEqual(["resumed"]);
  });

  it("marks what failed by the code of its error", async () => {
    const { tracer, spans } = recorder();
    await traceRun(
      runEvents([
        runStarted(0, "web-01"),
        stageStarted(1, "web-01", "upload"),
        runEvent(9, "web-01", { type: "stage.failed", stage: "upload", error: unreachable }),
        runEvent(9, "web-01", { type: "run.failed", error: unreachable }),
      ]),
      tracer,
    );
    for (const name of ["sampan.stage upload", "sampan.run"]) {
      const span = named(spans(), name);
      expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: unreachable.message });
      expect(span?.attributes["sampan.error.code"]).toBe("CLOUD_UNREACHABLE");
    }
  });

  it("ends at the last event what was never told to end", async () => {
    const { tracer, spans } = recorder();
    await traceRun(runEvents(finished.slice(0, 5)), tracer);
    expect(times(named(spans(), "sampan.run"))).toEqual([at(0), at(10)]);
    expect(times(named(spans(), "sampan.stage upload"))).toEqual([at(3), at(10)]);
    expect(named(spans(), "sampan.run")?.attributes["sampan.run.outcome"]).toBe("unfinished");
  });

  it("is there for a run that was attached to in its middle, and none for a run of which nothing is told", async () => {
    const { tracer, spans } = recorder();
    await traceRun(runEvents(finished.slice(3, 5)), tracer);
    expect(spans().map(({ name }) => name)).toEqual(["sampan.stage upload", "sampan.run"]);
    const nothing = recorder();
    await traceRun([], nothing.tracer);
    expect(nothing.spans()).toEqual([]);
  });

  it("ends what is open when the events break off with an error", async () => {
    const { tracer, spans } = recorder();
    async function* broken() {
      yield* runEvents(finished.slice(0, 3));
      throw new Error("the store is away");
    }
    await expect(traceRun(broken(), tracer)).rejects.toThrow("the store is away");
    expect(named(spans(), "sampan.run")).toBeDefined();
  });
});

describe("the traces of a fleet", () => {
  it("are one for each run, with host, wave and site", async () => {
    const { tracer, spans } = recorder();
    await traceFleet(
      [
        hostStarted(0, "web-01", "1", "sh"),
        hostStarted(0, "web-02", "1", "bj"),
        ...finished.slice(0, 5),
        runStarted(2, "web-02"),
        ...finished.slice(5),
        hostFinished(99, "web-01", "done"),
      ],
      tracer,
    );
    const runs = spans().filter(({ name }) => name === "sampan.run");
    expect(new Set(runs.map((span) => span.spanContext().traceId)).size).toBe(2);
    expect(
      runs.map(({ attributes }) => [attributes["sampan.host"], attributes["sampan.site"]]).sort(),
    ).toEqual([
      ["web-01", "sh"],
      ["web-02", "bj"],
    ]);
  });
});
