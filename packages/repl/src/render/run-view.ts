import {
  type CloudIdentity,
  type ErrorRecord,
  type Finding,
  foldResources,
  type JsonObject,
  type PatchRecord,
  type Resource,
  type RunEvent,
  type RunEventOf,
} from "@sampan/core";
import { timeLeftMs } from "../terminal/numbers.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** Where a stage stands on the screen. Its texts are safe for a terminal. */
export interface StageView {
  readonly key: string;
  readonly state: "waiting" | "running" | "finished" | "failed";
  readonly summary: string;
  readonly doneBytes: number;
  /** `null` while unknown. */
  readonly totalBytes: number | null;
  /** What was read of the source and what was sent; `null` of a stage that sends nothing. */
  readonly travel: { readonly readBytes: number; readonly sentBytes: number } | null;
  readonly ratePerSecond: number | null;
  readonly note: string;
  readonly startedAtMs: number | null;
  readonly tookMs: number | null;
  /** How long it will still take, and when that was told; of how many earlier runs, 0 where its own rate says so. */
  readonly left: { readonly ms: number; readonly runs: number; readonly atMs: number } | null;
  /** For how long there was no progress, and when the stage told so; `null` while it goes on. */
  readonly stalled: { readonly ms: number; readonly atMs: number } | null;
  /** The retry it waits for; `null` when it waits for none. */
  readonly retry: {
    readonly attempt: number;
    readonly waitMs: number;
    readonly atMs: number;
    readonly message: string;
  } | null;
  readonly warnings: number;
}

/** A run as far as its events tell: everything a screen needs. Immutable. */
export interface RunView {
  readonly runId: string;
  readonly title: string;
  readonly cloud: CloudIdentity | null;
  readonly folder: string | null;
  readonly attempt: number;
  readonly startedAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly stages: readonly StageView[];
  readonly findings: readonly Finding[];
  readonly patch: PatchRecord | null;
  readonly resources: readonly Resource[];
  readonly end:
    | null
    | { readonly kind: "finished"; readonly result: JsonObject; readonly warnings: number }
    | { readonly kind: "failed"; readonly error: ErrorRecord }
    | { readonly kind: "cancelled"; readonly reason: string };
}

/** A run of which nothing is known yet. */
export const emptyRunView: RunView = {
  runId: "",
  title: "",
  cloud: null,
  folder: null,
  attempt: 0,
  startedAtMs: null,
  lastAtMs: null,
  stages: [],
  findings: [],
  patch: null,
  resources: [],
  end: null,
};

function waiting(key: string): StageView {
  return {
    key,
    state: "waiting",
    summary: "",
    doneBytes: 0,
    totalBytes: null,
    travel: null,
    ratePerSecond: null,
    note: "",
    startedAtMs: null,
    tookMs: null,
    left: null,
    stalled: null,
    retry: null,
    warnings: 0,
  };
}

/** The view after one more event. Pure; the same events always give the same view. */
export function foldEvent(view: RunView, event: RunEvent): RunView {
  const atMs = Date.parse(event.at);
  const known: RunView = { ...view, runId: event.runId, lastAtMs: Number.isNaN(atMs) ? view.lastAtMs : atMs };
  switch (event.type) {
    case "run.started":
      return {
        ...known,
        title: oneLine(event.title),
        cloud: event.cloud,
        folder: event.folder,
        attempt: event.attempt,
        startedAtMs: atMs,
        // After a resume, what was finished stays so; what was under way starts again.
        stages: event.stages.map((key) => {
          const before = view.stages.find((stage) => stage.key === key);
          return before?.state === "finished" ? before : waiting(oneLine(key));
        }),
        end: null,
      };
    case "stage.started":
      return withStage(known, event.stage, (stage) => ({
        ...waiting(stage.key),
        state: "running",
        summary: oneLine(event.summary),
        startedAtMs: atMs,
        warnings: stage.warnings,
      }));
    case "stage.progress":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        state: "running",
        doneBytes: event.doneBytes,
        totalBytes: event.totalBytes,
        travel: travelOf(event),
        ratePerSecond: event.ratePerSecond,
        note: oneLine(event.note ?? ""),
        left: leftOf(event, atMs),
        stalled: null,
        retry: null,
      }));
    case "stage.retrying":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        retry: {
          attempt: event.attempt,
          waitMs: event.waitMs,
          atMs,
          message: oneLine(event.error.message),
        },
      }));
    case "stage.stalled":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        stalled: { ms: event.sinceMs, atMs },
        ratePerSecond: null,
        left: null,
        note: oneLine(event.note),
      }));
    case "finding":
      return withStage(
        {
          ...known,
          findings: [...known.findings.filter((one) => !sameFinding(one, event.finding)), event.finding],
        },
        event.stage,
        (stage) => ({
          ...stage,
          warnings: stage.warnings + (event.finding.severity === "info" ? 0 : 1),
        }),
      );
    case "patch":
      return { ...known, patch: event.patch };
    case "resource.created":
    case "resource.removed":
      return { ...known, resources: foldResources(known.resources, event) };
    case "stage.finished":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        state: "finished",
        tookMs: event.tookMs,
        stalled: null,
        retry: null,
      }));
    case "stage.failed":
      return withStage(known, event.stage, (stage) => ({ ...stage, state: "failed", retry: null }));
    case "run.finished":
      return { ...known, end: { kind: "finished", result: event.result, warnings: event.warnings } };
    case "run.failed":
      return { ...known, end: { kind: "failed", error: event.error } };
    case "run.cancelled":
      return { ...known, end: { kind: "cancelled", reason: oneLine(event.reason) } };
    case "checkpoint":
    case "log":
      return known;
    default:
      // A newer writer may know more types: what is not understood is not shown.
      return known;
  }
}

/** How long a stage will still take: as it says itself, or, of a writer that does not say, by its rate. */
function leftOf(event: RunEventOf<"stage.progress">, atMs: number): StageView["left"] {
  const {
    doneBytes,
    totalBytes,
    ratePerSecond,
    etaMs = timeLeftMs(doneBytes, totalBytes, ratePerSecond),
  } = event;
  return etaMs === null || etaMs <= 0 ? null : { ms: etaMs, runs: event.etaRuns ?? 0, atMs };
}

/** What was read and what was sent, of a stage that tells both. */
function travelOf({ readBytes, sentBytes }: RunEventOf<"stage.progress">): StageView["travel"] {
  return readBytes === undefined || sentBytes === undefined ? null : { readBytes, sentBytes };
}

/** What has passed since a moment; nothing where the machine's time was set back meanwhile. */
export function sinceMs(atMs: number, nowMs: number): number {
  return Math.max(0, nowMs - atMs);
}

function sameFinding(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.message === b.message;
}

function withStage(view: RunView, key: string, change: (stage: StageView) => StageView): RunView {
  const name = oneLine(key);
  const index = view.stages.findIndex((stage) => stage.key === name);
  const before = view.stages[index] ?? waiting(name);
  const stages = index < 0 ? [...view.stages, change(before)] : view.stages.with(index, change(before));
  return { ...view, stages };
}
