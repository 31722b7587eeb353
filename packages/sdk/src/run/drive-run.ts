import { readFileSync } from "node:fs";
import {
  asSampanError,
  cancelledError,
  foldResources,
  type JsonObject,
  type Resource,
  type SampanError,
} from "@sampan/core";
import { cloudIdentity } from "../cloud/choose-cloud.ts";
import type { Plan } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { artifactFolder } from "./artifact-folder.ts";
import { deadlineError, watchDeadline } from "./deadline.ts";
import { brokenOffEvent, finishedEvent, leaveRun } from "./end-run.ts";
import type { EventLog } from "./event-log.ts";
import type { RunEnvironment, RunRequest } from "./execute-run.ts";
import { type RunRecord, stageRecord } from "./fold-run.ts";
import { performStage } from "./perform-stage.ts";
import { pipelineSteps, stopHere } from "./pipeline-steps.ts";
import { openServices } from "./run-services.ts";
import { cancelPath } from "./run-store.ts";
import type { EarlierRun, Pipeline, PipelineSteps, Services } from "./stage-definition.ts";
import { readHistory, type StageSample } from "./stage-history.ts";

/** A run that is open: locked, its journal read. */
export interface OpenRun {
  readonly environment: RunEnvironment;
  readonly request: RunRequest;
  /** Of the plan as it was given. */
  readonly fingerprint: string;
  /** The plan as it is done: that of a refresh names its image otherwise. */
  readonly plan: Plan;
  /** Keys of the pipeline's stages, in order. */
  readonly keys: readonly string[];
  /** Index of the last one to run. */
  readonly lastKey: number;
  readonly record: RunRecord;
  readonly log: EventLog;
  readonly folder: string;
  /** What this run refreshes. */
  readonly earlier?: EarlierRun;
}

/** Runs the pipeline to its end, or to the stage asked for, and records how it ended. */
export async function driveRun(run: OpenRun, pipeline: Pipeline<Plan, unknown>): Promise<JsonObject> {
  const { environment, request, plan, record, log } = run;
  const controller = new AbortController();
  const stop = watchForCancel(run, controller);
  const stopClock = watchDeadline(request.deadlineMs, environment.clock, (deadlineMs) =>
    controller.abort(deadlineError(request.runId, sourceTitle(plan.source), deadlineMs)),
  );
  log.whenLost((error) => controller.abort(error));
  const { services, close } = openServices(environment, artifactFolder(run.folder), run.earlier);
  // The connections of the run may be what broke: hosts are opened anew.
  const leave = (error: SampanError | null) =>
    leaveRun(run, pipeline, { ...services, openHost: environment.openHost }, error);
  try {
    await log.emit({
      type: "run.started",
      plan: run.fingerprint,
      title: sourceTitle(plan.source),
      stages: run.keys,
      cloud: cloudIdentity(environment.cloud),
      folder: run.folder,
      attempt: (record.started?.attempt ?? 0) + 1,
    });
    if (request.note !== undefined)
      await log.emit({ type: "log", stage: null, level: "info", message: request.note });
    try {
      await pipeline.run(embeddedSteps(run, services, controller), plan);
    } catch (thrown) {
      if (thrown !== stopHere) throw thrown;
      await leave(null);
    }
    const isComplete = run.lastKey === run.keys.length - 1;
    const { runId } = request;
    const end = finishedEvent({
      runId,
      plan,
      cloud: environment.cloud,
      folder: run.folder,
      record,
      isComplete,
    });
    await log.emit(end);
    return end.result;
  } catch (thrown) {
    const error = asSampanError(thrown);
    await leave(error);
    const end = brokenOffEvent(error, log.recorded.reduce<readonly Resource[]>(foldResources, []));
    // A journal that cannot be written cannot record that either: who watches is told all the same.
    await log.emit(end).catch(() => log.tell(end));
    throw error;
  } finally {
    stop();
    stopClock();
    await close();
  }
}

/** Aborts the controller when the caller cancels or another process leaves a request to stop. */
function watchForCancel(run: OpenRun, controller: AbortController): () => void {
  const { signal, runId } = run.request;
  const onAbort = () => controller.abort(cancelledError(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  const path = cancelPath(run.environment.home, runId);
  const timer = setInterval(() => {
    try {
      controller.abort(cancelledError(readFileSync(path, "utf8")));
    } catch {
      // No request.
    }
  }, 300);
  timer.unref();
  return () => {
    clearInterval(timer);
    signal.removeEventListener("abort", onAbort);
  };
}

/** Steps that are performed here, one after the other or at once. */
function embeddedSteps(run: OpenRun, services: Services, { signal }: AbortController): PipelineSteps {
  const { environment, request, record, log } = run;
  const { clock, random } = environment;
  const { runId } = request;
  let history: readonly StageSample[] | undefined;
  // Read when the first stage asks, and once: it may be tens of megabytes of other runs' journals.
  const earlierRuns = (): readonly StageSample[] => {
    history ??= readHistory(environment.home, cloudIdentity(environment.cloud), runId);
    return history;
  };
  return pipelineSteps({
    ...run,
    perform(stage, definition, input) {
      const mine = stageRecord(record, stage);
      const work = { runId, stage, record: mine, log, signal, services, clock, random, earlierRuns };
      return performStage(work, definition, input);
    },
  });
}
