import { join } from "node:path";
import { isSampanError, toErrorRecord } from "@sampan/core";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { foldRun, type RunRecord } from "./fold-run.ts";
import { readJournal } from "./journal.ts";
import { lockedWork } from "./process-lock.ts";
import { loadPlan, runFolder } from "./run-store.ts";
import type { RunStatus, StageStatus } from "./runner.ts";

/** Reads where a run stands from its folder; needs no one's cooperation. */
export function runStatus(home: string, runId: string): RunStatus {
  const plan = loadPlan(home, runId);
  const folder = runFolder(home, runId);
  const told = readTogether(
    () => foldRun(readJournal(folder)),
    () => lockedWork(join(folder, "lock")) !== undefined,
  );
  return statusOf({ runId, plan, folder, ...told });
}

/**
 * Reads a record and whether somebody works on its run, so that one does not contradict the other. Who works on a run writes its end before
 * letting go of it, so that a record read before would miss an end that came meanwhile, and the run would seem to be interrupted.
 */
export function readTogether(
  read: () => RunRecord,
  isWorkedOn: () => boolean,
): { readonly record: RunRecord; readonly isWorkedOn: boolean } {
  const wasWorkedOn = isWorkedOn();
  const record = read();
  // One that has no end may just have been taken up.
  return { record, isWorkedOn: wasWorkedOn || (record.end === null && isWorkedOn()) };
}

/** Where a run stands, by its record and whether somebody works on it. */
export function statusOf(run: {
  readonly runId: string;
  readonly plan: Plan;
  readonly record: RunRecord;
  readonly folder: string;
  readonly isWorkedOn: boolean;
}): RunStatus {
  const { runId, plan, record, folder, isWorkedOn } = run;
  const keys = [...new Set([...record.keys, ...record.stages.keys()])];
  const stages = keys.map((stage): StageStatus => {
    const known = record.stages.get(stage);
    const state = known?.state ?? "waiting";
    return {
      stage,
      state: state === "running" && !isWorkedOn ? "waiting" : state,
      tookMs: known?.tookMs ?? null,
    };
  });
  return {
    runId,
    title: record.started?.title ?? sourceTitle(plan.source),
    state: isWorkedOn ? "running" : (record.end ?? "interrupted"),
    cloud: record.started?.cloud ?? { name: "unknown", rehearsal: true, endpoint: null },
    profile: plan.context.profile ?? null,
    plan: planFingerprint(plan),
    stages,
    attempt: record.started?.attempt ?? 0,
    startedAt: record.firstAt ?? "",
    updatedAt: record.lastAt ?? "",
    result: record.result,
    error: record.error,
    folder,
  };
}

/** As {@link runStatus}; a run that cannot be read is told as such. */
export function listedStatus(home: string, runId: string): RunStatus {
  try {
    return runStatus(home, runId);
  } catch (error) {
    return unreadableStatus({ runId, folder: runFolder(home, runId), error });
  }
}

/** What is told of a run that cannot be read. What is wrong with something else than the run is thrown again. */
export function unreadableStatus(run: {
  readonly runId: string;
  readonly folder: string;
  readonly error: unknown;
}): RunStatus {
  const { runId, folder, error } = run;
  if (!isSampanError(error)) throw error;
  return {
    runId,
    title: "",
    state: "unreadable",
    cloud: { name: "unknown", rehearsal: false, endpoint: null },
    profile: null,
    plan: "",
    stages: [],
    attempt: 0,
    startedAt: "",
    updatedAt: "",
    result: null,
    error: toErrorRecord(error),
    folder,
  };
}
