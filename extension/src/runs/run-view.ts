import type { CloudIdentity, ErrorRecord, Finding, Resource, RunEvent } from "@sampan/core";

/** A rate at a moment, for a sparkline. */
export interface RateSample {
  readonly atMs: number;
  readonly bytesPerSecond: number;
}

/** Where a stage stands. */
export interface StageView {
  readonly key: string;
  readonly state: "waiting" | "running" | "finished" | "failed";
  readonly summary: string;
  readonly doneBytes: number;
  /** `null` while unknown. */
  readonly totalBytes: number | null;
  readonly ratePerSecond: number | null;
  readonly etaMs: number | null;
  readonly note: string;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly tookMs: number | null;
  /** How often it was tried again in this start of the run. */
  readonly retries: number;
  /** Since when nothing has moved; `null` while it goes on. */
  readonly stalledSinceMs: number | null;
  readonly rates: readonly RateSample[];
  readonly error: ErrorRecord | null;
}

/** One line of a run's log; `stage` is `null` for the run as a whole. */
export interface LogLine {
  readonly stage: string | null;
  readonly level: "debug" | "info" | "warning";
  readonly message: string;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: "finished"; readonly warnings: number; readonly complete: boolean }
  | { readonly kind: "failed"; readonly error: ErrorRecord }
  | { readonly kind: "cancelled"; readonly reason: string };

/** A run as far as its events tell. Immutable plain JSON, so that a webview may be sent it. */
export interface RunView {
  readonly runId: string;
  readonly title: string;
  readonly plan: string;
  readonly cloud: CloudIdentity | null;
  readonly folder: string | null;
  readonly attempt: number;
  readonly startedAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly stages: readonly StageView[];
  readonly findings: readonly Finding[];
  readonly resources: readonly Resource[];
  /** Names and sizes of the disks, once the host was looked at. */
  readonly disks: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** The last lines of its log. */
  readonly log: readonly LogLine[];
  /** How many lines its log has had, those that are kept no more among them. */
  readonly logged: number;
  readonly end: RunEnd | null;
}

/** Nothing known yet. */
export const emptyRunView: RunView = {
  runId: "",
  title: "",
  plan: "",
  cloud: null,
  folder: null,
  attempt: 0,
  startedAtMs: null,
  lastAtMs: null,
  stages: [],
  findings: [],
  resources: [],
  disks: [],
  log: [],
  logged: 0,
  end: null,
};

// What a sparkline shows, and what a log view needs.
const mostRates = 60;
const mostLogLines = 500;

/** A stage that has not begun. */
export function waitingStage(key: string): StageView {
  return {
    key,
    state: "waiting",
    summary: "",
    doneBytes: 0,
    totalBytes: null,
    ratePerSecond: null,
    etaMs: null,
    note: "",
    startedAtMs: null,
    endedAtMs: null,
    tookMs: null,
    retries: 0,
    stalledSinceMs: null,
    rates: [],
    error: null,
  };
}

/**
 * The view after one more event. Pure; the same events give the same view, and types it does not know change nothing.
 *
 * The shell folds events for itself: a line of a terminal needs other things than a drawing with rates, logs and outlines, and of
 * `@sampan/core` the extension takes the shapes of events alone.
 */
export function foldEvent(view: RunView, event: RunEvent): RunView {
  const atMs = Date.parse(event.at);
  const known: RunView = { ...view, runId: event.runId, lastAtMs: Number.isNaN(atMs) ? view.lastAtMs : atMs };
  switch (event.type) {
    case "run.started":
      return {
        ...known,
        title: event.title,
        plan: event.plan,
        cloud: event.cloud,
        folder: event.folder,
        attempt: event.attempt,
        startedAtMs: view.startedAtMs ?? atMs,
        // After a resume, what was finished stays so; what was under way starts again.
        stages: event.stages.map((key) => {
          const before = view.stages.find((stage) => stage.key === key);
          return before?.state === "finished" ? before : waitingStage(key);
        }),
        end: null,
      };
    case "stage.started":
      return withStage(known, event.stage, (stage) => ({
        ...waitingStage(stage.key),
        state: "running",
        summary: event.summary,
        startedAtMs: atMs,
        // The stage counts all its starts, those of a run that was resumed among them.
        retries: stage.retries,
      }));
    case "stage.progress":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        state: "running",
        doneBytes: event.doneBytes,
        totalBytes: event.totalBytes,
        ratePerSecond: event.ratePerSecond,
        etaMs: event.etaMs ?? null,
        note: event.note ?? "",
        stalledSinceMs: null,
        rates:
          event.ratePerSecond === null
            ? stage.rates
            : [...stage.rates, { atMs, bytesPerSecond: event.ratePerSecond }].slice(-mostRates),
      }));
    case "stage.retrying":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        retries: stage.retries + 1,
        note: event.error.message,
      }));
    case "stage.stalled":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        ratePerSecond: null,
        etaMs: null,
        stalledSinceMs: atMs - event.sinceMs,
        note: event.note,
      }));
    case "finding":
      return {
        ...known,
        findings: [
          ...known.findings.filter(
            ({ rule, message }) => rule !== event.finding.rule || message !== event.finding.message,
          ),
          event.finding,
        ],
      };
    case "resource.created":
      return {
        ...known,
        resources: [...known.resources.filter(({ id }) => id !== event.resource.id), event.resource],
      };
    case "resource.removed":
      return { ...known, resources: known.resources.filter(({ id }) => id !== event.id) };
    case "stage.finished":
      return withStage(
        { ...known, disks: disksOf(event.stage, event.output) ?? known.disks },
        event.stage,
        (stage) => ({
          ...stage,
          state: "finished",
          doneBytes: stage.totalBytes ?? stage.doneBytes,
          tookMs: event.tookMs,
          endedAtMs: atMs,
          etaMs: null,
          note: "",
          stalledSinceMs: null,
        }),
      );
    case "stage.failed":
      return withStage(known, event.stage, (stage) => ({
        ...stage,
        state: "failed",
        error: event.error,
        endedAtMs: atMs,
        tookMs: stage.startedAtMs === null ? null : atMs - stage.startedAtMs,
      }));
    case "log":
      return {
        ...known,
        logged: known.logged + 1,
        log: [...known.log, { stage: event.stage, level: event.level, message: event.message }].slice(
          -mostLogLines,
        ),
      };
    case "run.finished":
      return {
        ...ended(known),
        end: { kind: "finished", warnings: event.warnings, complete: event.result.complete !== false },
      };
    case "run.failed":
      return { ...ended(known), end: { kind: "failed", error: event.error } };
    case "run.cancelled":
      return { ...ended(known), end: { kind: "cancelled", reason: event.reason } };
    default:
      return known;
  }
}

/** A run that ended has no stage that goes on. */
function ended(view: RunView): RunView {
  return {
    ...view,
    stages: view.stages.map((stage) => (stage.state === "running" ? { ...stage, state: "waiting" } : stage)),
  };
}

function withStage(view: RunView, key: string, change: (stage: StageView) => StageView): RunView {
  const index = view.stages.findIndex((stage) => stage.key === key);
  const before = view.stages[index] ?? waitingStage(key);
  return {
    ...view,
    stages: index < 0 ? [...view.stages, change(before)] : view.stages.with(index, change(before)),
  };
}

function disksOf(stage: string, output: unknown): RunView["disks"] | null {
  if (stage !== "select" || typeof output !== "object" || output === null || !("disks" in output))
    return null;
  const { disks } = output;
  if (!Array.isArray(disks)) return null;
  return disks.flatMap((disk: unknown) => {
    if (typeof disk !== "object" || disk === null || !("name" in disk) || !("sizeBytes" in disk)) return [];
    return [{ name: String(disk.name), sizeBytes: Number(disk.sizeBytes) }];
  });
}

/** The stage that people are told of: the last that goes on, else the one that failed. */
export function activeStage(view: RunView): StageView | null {
  return (
    view.stages.findLast((stage) => stage.state === "running") ??
    view.stages.find((stage) => stage.state === "failed") ??
    null
  );
}

/** How far a stage is, from 0 to 1; `null` while that cannot be told. */
export function stageShare(stage: Pick<StageView, "doneBytes" | "totalBytes">): number | null {
  return stage.totalBytes === null || stage.totalBytes <= 0
    ? null
    : Math.min(1, stage.doneBytes / stage.totalBytes);
}
