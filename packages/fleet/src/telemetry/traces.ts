import type { Context, Span, Tracer } from "@opentelemetry/api";
import type { ErrorRecord, RunEvent, RunEventOf } from "@sampan/core";
import type { FleetEvent } from "../fleet-event.ts";

/** Takes the events of a run and makes spans of them. */
export interface RunTracer {
  /** Takes the next event. Times are the events' own. */
  add(event: RunEvent): void;
  /** Ends what is open, at the time of the last event, for a run whose end was not told. */
  end(): void;
}

/** Names of the attributes, as the manual lists them. */
const attribute = {
  runId: "sampan.run.id",
  title: "sampan.run.title",
  plan: "sampan.run.plan",
  cloud: "sampan.cloud",
  rehearsal: "sampan.rehearsal",
  outcome: "sampan.run.outcome",
  warnings: "sampan.run.warnings",
  stage: "sampan.stage",
  attempt: "sampan.attempt",
  doneBytes: "sampan.bytes.done",
  totalBytes: "sampan.bytes.total",
  sentBytes: "sampan.bytes.sent",
  code: "sampan.error.code",
  host: "sampan.host",
  wave: "sampan.wave",
  site: "sampan.site",
  imageId: "sampan.image.id",
  region: "sampan.region",
} as const;

/** Attributes for the span of a run. */
export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Makes a tracer of one run: a trace of its own, with a span for the run and below it one for each stage, in which attempts, retries and
 * stalls are events. The SDK that exports spans, and with it the tracer, is the user's.
 *
 * @param about further attributes of the run's span
 */
export async function createRunTracer(tracer: Tracer, about: TraceAttributes = {}): Promise<RunTracer> {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import("@opentelemetry/api");
  const stages = new Map<string, { readonly span: Span; readonly numbers: Map<string, number> }>();
  let run: { readonly span: Span; readonly context: Context } | undefined;
  let lastAt = new Date(0);

  const begin = (event: RunEvent): { readonly span: Span; readonly context: Context } => {
    if (run !== undefined) return run;
    const options = { root: true, kind: SpanKind.INTERNAL, startTime: new Date(event.at) };
    const span = tracer.startSpan("sampan.run", options, ROOT_CONTEXT);
    span.setAttributes({ [attribute.runId]: event.runId, ...about });
    run = { span, context: trace.setSpan(ROOT_CONTEXT, span) };
    return run;
  };
  const stageOf = (event: RunEvent & { readonly stage: string }): Span => {
    const known = stages.get(event.stage);
    if (known !== undefined) return known.span;
    const [name = ""] = event.stage.split(":", 1);
    const options = { kind: SpanKind.INTERNAL, startTime: new Date(event.at) };
    // The name has few values; what tells stages of one kind apart is an attribute.
    const span = tracer.startSpan(`sampan.stage ${name}`, options, begin(event).context);
    span.setAttributes({ [attribute.runId]: event.runId, [attribute.stage]: event.stage });
    stages.set(event.stage, { span, numbers: new Map() });
    return span;
  };
  const endStage = (stage: string, at: Date): void => {
    const open = stages.get(stage);
    if (open === undefined) return;
    for (const [name, value] of open.numbers) open.span.setAttribute(name, value);
    open.span.end(at);
    stages.delete(stage);
  };
  const failed = (span: Span, { code, message }: ErrorRecord): void => {
    span.setAttribute(attribute.code, code);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  };
  const endRun = (at: Date): void => {
    for (const stage of [...stages.keys()]) endStage(stage, at);
    run?.span.end(at);
    run = undefined;
  };

  return {
    add(event) {
      const at = new Date(event.at);
      lastAt = at;
      switch (event.type) {
        case "run.started": {
          const { span } = begin(event);
          span.setAttributes(runAttributes(event));
          if (event.attempt > 1) span.addEvent("resumed", { [attribute.attempt]: event.attempt }, at);
          return;
        }
        case "stage.started":
          stageOf(event).addEvent("attempt", { [attribute.attempt]: event.attempt }, at);
          return;
        case "stage.progress": {
          stageOf(event);
          const numbers = stages.get(event.stage)?.numbers;
          numbers?.set(attribute.doneBytes, event.doneBytes);
          if (event.totalBytes !== null) numbers?.set(attribute.totalBytes, event.totalBytes);
          if (event.sentBytes !== undefined) numbers?.set(attribute.sentBytes, event.sentBytes);
          return;
        }
        case "stage.retrying":
          stageOf(event).addEvent(
            "retrying",
            {
              [attribute.attempt]: event.attempt,
              [attribute.code]: event.error.code,
              "sampan.wait_ms": event.waitMs,
            },
            at,
          );
          return;
        case "stage.stalled":
          stageOf(event).addEvent("stalled", { "sampan.since_ms": event.sinceMs }, at);
          return;
        case "resource.created": {
          const { kind, id, region } = event.resource;
          if (kind !== "image") return;
          const where = region === null ? {} : { [attribute.region]: region };
          stageOf(event).addEvent("image", { [attribute.imageId]: id, ...where }, at);
          return;
        }
        case "stage.finished":
          stageOf(event);
          endStage(event.stage, at);
          return;
        case "stage.failed":
          failed(stageOf(event), event.error);
          endStage(event.stage, at);
          return;
        case "run.finished":
          begin(event).span.setAttributes({
            [attribute.outcome]: "finished",
            [attribute.warnings]: event.warnings,
          });
          endRun(at);
          return;
        case "run.failed": {
          const { span } = begin(event);
          span.setAttribute(attribute.outcome, "failed");
          failed(span, event.error);
          endRun(at);
          return;
        }
        case "run.cancelled":
          begin(event).span.setAttribute(attribute.outcome, "cancelled");
          endRun(at);
      }
    },
    end() {
      run?.span.setAttribute(attribute.outcome, "unfinished");
      endRun(lastAt);
    },
  };
}

function runAttributes({ plan, title, cloud }: RunEventOf<"run.started">): TraceAttributes {
  return {
    [attribute.title]: title,
    [attribute.plan]: plan,
    [attribute.cloud]: cloud.name,
    [attribute.rehearsal]: cloud.rehearsal,
  };
}

/**
 * Makes the trace of one run of its events; resolves when the last of them has come.
 *
 * @example
 * ```ts
 * await traceRun(runner.events(runId), trace.getTracer("sampan"));
 * ```
 */
export async function traceRun(
  events: Iterable<RunEvent> | AsyncIterable<RunEvent>,
  tracer: Tracer,
): Promise<void> {
  const run = await createRunTracer(tracer);
  try {
    for await (const event of events) run.add(event);
  } finally {
    run.end();
  }
}

/** Makes traces of all runs of a fleet, one each, with host, wave and site as attributes; resolves when the last event has come. */
export async function traceFleet(
  events: Iterable<FleetEvent> | AsyncIterable<FleetEvent>,
  tracer: Tracer,
): Promise<void> {
  const runs = new Map<string, RunTracer>();
  const about = new Map<string, TraceAttributes>();
  try {
    for await (const event of events) {
      if (event.type === "host.started") {
        const { host, wave, site } = event;
        about.set(host, { [attribute.host]: host, [attribute.wave]: wave, [attribute.site]: site });
      } else if (event.type === "host.run") {
        const run = runs.get(event.host) ?? (await createRunTracer(tracer, about.get(event.host)));
        runs.set(event.host, run);
        run.add(event.event);
      } else if (event.type === "host.finished") {
        runs.get(event.host)?.end();
        runs.delete(event.host);
      }
    }
  } finally {
    for (const run of runs.values()) run.end();
  }
}
