import { dirname, resolve } from "node:path";
import type { ErrorRecord } from "@sampan/core";
import type { PlanPlace } from "./plan-place.ts";
import { emptyRunView, type RunEnd, type RunView, waitingStage } from "./run-view.ts";

/** States of `sampan runs --json`. */
export type RunState = "running" | "interrupted" | "finished" | "failed" | "cancelled" | "unreadable";

/** One row of `sampan runs --json`, as far as it is used. */
export interface ListedRun {
  readonly home: string;
  readonly runId: string;
  readonly title: string;
  readonly state: RunState;
  readonly cloud: RunView["cloud"];
  readonly stages: readonly {
    readonly stage: string;
    readonly state: "waiting" | "running" | "finished" | "failed";
    readonly tookMs: number | null;
  }[];
  readonly startedAt: string;
  /** When its last event was recorded. */
  readonly updatedAt: string;
  readonly result: { readonly complete?: unknown } | null;
  readonly error: ErrorRecord | null;
}

/** The plan a run belongs to that this window did not start: same folder, same host; `null` when that is not plain. */
export function guessPlace(
  run: { readonly home: string; readonly title: string },
  plans: readonly {
    readonly uri: string;
    readonly path: string;
    /** Each plan with what it migrates, as far as that is known. */
    readonly sources: readonly (Omit<PlanPlace, "uri"> & { readonly source: string | null })[];
  }[],
): PlanPlace | null {
  const fitting = plans.flatMap(({ uri, path, sources }) =>
    resolve(dirname(path), ".sampan") !== run.home
      ? []
      : sources.flatMap(({ source, ...place }) =>
          source !== null && (source === run.title || resolve(dirname(path), source) === run.title)
            ? [{ uri, ...place }]
            : [],
        ),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

/** What the list of runs tells of one, before its events are read; what is known from events, where none has come since. */
export function viewOfListed(run: ListedRun, known: RunView = emptyRunView): RunView {
  if (known.startedAtMs !== null && known.lastAtMs === Date.parse(run.updatedAt)) return known;
  const stages = run.stages.map(({ stage, state, tookMs }) => ({
    ...waitingStage(stage),
    state,
    tookMs,
    error: state === "failed" ? run.error : null,
  }));
  const { runId, title, cloud } = run;
  return { ...emptyRunView, runId, title, cloud, stages, end: endOfListed(run) };
}

function endOfListed(run: ListedRun): RunEnd | null {
  if (run.state === "finished") {
    return { kind: "finished", warnings: 0, complete: run.result?.complete !== false };
  }
  if (run.state === "cancelled") return { kind: "cancelled", reason: "" };
  return run.state === "failed" && run.error !== null ? { kind: "failed", error: run.error } : null;
}
