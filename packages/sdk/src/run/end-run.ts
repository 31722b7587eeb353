import {
  asSampanError,
  isSampanError,
  type Json,
  type JsonObject,
  type Resource,
  type RunEventBody,
  type SampanError,
  toErrorRecord,
} from "@sampan/core";
import { type CloudChoice, cloudIdentity } from "../cloud/choose-cloud.ts";
import { assembleResult, countWarnings } from "../pipeline/assemble-result.ts";
import type { Plan } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import type { RunRecord } from "./fold-run.ts";
import type { StageLog } from "./perform-stage.ts";
import type { Pipeline, Services } from "./stage-definition.ts";

/** A run as its end is told. */
export interface EndedRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly cloud: CloudChoice;
  readonly folder: string;
  readonly record: RunRecord;
  /** Whether its last stage was asked for. */
  readonly isComplete: boolean;
}

/** The event that ends a run whose stages have finished; its result is in it. */
export function finishedEvent(run: EndedRun): Extract<RunEventBody, { type: "run.finished" }> {
  const result: JsonObject = assembleResult(run.plan, outputsOf(run.record), {
    runId: run.runId,
    host: sourceTitle(run.plan.source),
    cloud: cloudIdentity(run.cloud),
    folder: run.folder,
    complete: run.isComplete,
  });
  return { type: "run.finished", result, warnings: countWarnings(result) };
}

/** The event that ends a run early: cancelled, or failed by what else was thrown; with what it left of what it made. */
export function brokenOffEvent(error: SampanError, made: readonly Resource[]): RunEventBody {
  const left = made.filter(isLeft);
  return isSampanError(error, "CORE_CANCELLED")
    ? { type: "run.cancelled", reason: error.message, left }
    : { type: "run.failed", error: toErrorRecord(error), left };
}

/** Whether somebody should know of it: it costs money, or it is on a host that is not ours. */
function isLeft({ billed, kind }: Resource): boolean {
  return billed || kind === "moment";
}

/** What the stages of a run gave, by their keys. */
export function outputsOf(record: RunRecord): ReadonlyMap<string, Json | undefined> {
  return new Map([...record.stages].map(([key, stage]) => [key, stage.output]));
}

/** Undoes what must not stay after a run that ended early. What cannot be undone is told and changes nothing else. */
export async function leaveRun(
  run: Pick<EndedRun, "plan" | "record"> & { readonly log: StageLog },
  pipeline: Pipeline<Plan, unknown>,
  services: Services,
  error: SampanError | null,
): Promise<void> {
  if (pipeline.leave === undefined) return;
  const { log, plan, record } = run;
  try {
    for (const id of await pipeline.leave(plan, outputsOf(record), services, error)) {
      await log.emit({ type: "resource.removed", stage: "hold", id });
    }
  } catch (thrown) {
    const { code, message } = asSampanError(thrown);
    await log
      .emit({ type: "log", stage: null, level: "warning", message: `cleaning up: ${code}: ${message}` })
      .catch(() => undefined);
  }
}
