import { readFileSync } from "node:fs";
import type { Cloud } from "@sampan/cloud";
import {
  asSampanError,
  cancelledError,
  foldResources,
  isSampanError,
  type Json,
  type JsonObject,
  type Resource,
  type RunEventBody,
  retry,
  type SampanError,
  throwIfCancelled,
  toErrorRecord,
} from "@sampan/core";
import type { Host } from "@sampan/host";
import { cloudIdentity, isBuiltIn } from "../cloud/choose-cloud.ts";
import { assembleResult, countWarnings } from "../pipeline/assemble-result.ts";
import type { Plan } from "../plan/plan.ts";
import { type SourceSpec, sourceTitle } from "../plan/sources.ts";
import { artifactFolder } from "./artifact-folder.ts";
import { deadlineError, watchDeadline } from "./deadline.ts";
import type { EventLog } from "./event-log.ts";
import type { RunEnvironment, RunRequest } from "./execute-run.ts";
import { type RunRecord, stageRecord } from "./fold-run.ts";
import { cancelPath } from "./run-store.ts";
import { createStageContext } from "./stage-context.ts";
import type { EarlierRun, Pipeline, PipelineSteps, Services, StageDefinition } from "./stage-definition.ts";
import { expectedTime, readHistory, type StageSample } from "./stage-history.ts";

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

// What unwinds the pipeline at the stage after the last one asked for.
const stopHere = Symbol("stop here");

/** Runs the pipeline to its end, or to the stage asked for, and records how it ended. */
export async function driveRun(run: OpenRun, pipeline: Pipeline<Plan, unknown>): Promise<JsonObject> {
  const { environment, request, plan, record, log } = run;
  const controller = new AbortController();
  const stop = watchForCancel(run, controller);
  const stopClock = watchDeadline(request.deadlineMs, environment.clock, (deadlineMs) =>
    controller.abort(deadlineError(request.runId, sourceTitle(plan.source), deadlineMs)),
  );
  log.whenLost((error) => controller.abort(error));
  const cloud = lazyCloud(environment);
  const hosts = sharedHosts(environment);
  const services: Services = {
    openHost: hosts.open,
    cloud: cloud.get,
    isBuiltIn: isBuiltIn(environment.cloud),
    artifacts: artifactFolder(run.folder),
    ...(run.earlier === undefined ? {} : { earlier: run.earlier }),
    ...(environment.bandwidth === undefined ? {} : { bandwidth: environment.bandwidth }),
    clock: environment.clock,
    random: environment.random,
  };
  const identity = cloudIdentity(environment.cloud);
  try {
    await log.emit({
      type: "run.started",
      plan: run.fingerprint,
      title: sourceTitle(plan.source),
      stages: run.keys,
      cloud: identity,
      folder: run.folder,
      attempt: (record.started?.attempt ?? 0) + 1,
    });
    if (request.note !== undefined)
      await log.emit({ type: "log", stage: null, level: "info", message: request.note });
    try {
      await pipeline.run(pipelineSteps(run, services, controller), plan);
    } catch (thrown) {
      if (thrown !== stopHere) throw thrown;
      await leave(run, pipeline, services, null);
    }
    const outputs = outputsOf(record);
    const result = assembleResult(plan, outputs, {
      runId: request.runId,
      host: sourceTitle(plan.source),
      cloud: identity,
      folder: run.folder,
      complete: run.lastKey === run.keys.length - 1,
    });
    await log.emit({ type: "run.finished", result, warnings: countWarnings(result) });
    return result;
  } catch (thrown) {
    const error = asSampanError(thrown);
    await leave(run, pipeline, services, error);
    const left = log.recorded.reduce<readonly Resource[]>(foldResources, []).filter(isLeft);
    const end: RunEventBody = isSampanError(error, "CORE_CANCELLED")
      ? { type: "run.cancelled", reason: error.message, left }
      : { type: "run.failed", error: toErrorRecord(error), left };
    // A journal that cannot be written cannot record that either: who watches is told all the same.
    await log.emit(end).catch(() => log.tell(end));
    throw error;
  } finally {
    stop();
    stopClock();
    await hosts.close();
    await cloud.close();
  }
}

/** Whether somebody should know of it: it costs money, or it is on a host that is not ours. */
function isLeft({ billed, kind }: Resource): boolean {
  return billed || kind === "moment";
}

function outputsOf(record: RunRecord): ReadonlyMap<string, Json | undefined> {
  return new Map([...record.stages].map(([key, stage]) => [key, stage.output]));
}

/** Undoes what must not stay after a run that ended early. What cannot be undone is told and changes nothing else. */
async function leave(
  run: OpenRun,
  pipeline: Pipeline<Plan, unknown>,
  services: Services,
  error: SampanError | null,
): Promise<void> {
  if (pipeline.leave === undefined) return;
  const { log, environment, plan, record } = run;
  try {
    // The connections of the run may be what broke: hosts are opened anew.
    const anew = { ...services, openHost: environment.openHost };
    for (const id of await pipeline.leave(plan, outputsOf(record), anew, error)) {
      await log.emit({ type: "resource.removed", stage: "hold", id });
    }
  } catch (thrown) {
    const { code, message } = asSampanError(thrown);
    await log
      .emit({ type: "log", stage: null, level: "warning", message: `cleaning up: ${code}: ${message}` })
      .catch(() => undefined);
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

/** The cloud of a run, once for each profile: connected by the first stage that asks, shared by the others, closed at the end. */
function lazyCloud(environment: RunEnvironment): {
  readonly get: Services["cloud"];
  close(): Promise<void>;
} {
  const connected = new Map<string | undefined, Promise<Cloud>>();
  return {
    get(profile) {
      const known = connected.get(profile);
      if (known !== undefined) return known;
      const connecting = environment.connect(
        environment.cloud,
        environment.home,
        profile === undefined ? {} : { profile },
      );
      connected.set(profile, connecting);
      return connecting;
    },
    async close() {
      for (const cloud of connected.values()) await (await cloud.catch(() => undefined))?.close();
    },
  };
}

/** The hosts of a run: each is opened once and stays open between stages, since opening one may take long. */
function sharedHosts(environment: RunEnvironment): {
  readonly open: Services["openHost"];
  close(): Promise<void>;
} {
  const opened = new Map<string, Promise<Host>>();
  const shared = (source: SourceSpec): Promise<Host> => {
    const key = JSON.stringify(source);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const opening = environment.openHost(source);
    opened.set(key, opening);
    // A stage that is tried again opens it again.
    opening.catch(() => opened.delete(key));
    return opening;
  };
  return {
    async open(source) {
      const host = await shared(source);
      return {
        title: host.title,
        name: host.name,
        disks: (signal) => host.disks(signal),
        openDisk: (name, signal) => host.openDisk(name, signal),
        ...(host.live === undefined ? {} : { live: host.live }),
        close: async () => undefined,
      };
    },
    async close() {
      for (const host of opened.values()) await (await host.catch(() => undefined))?.close();
    },
  };
}

function pipelineSteps(run: OpenRun, services: Services, controller: AbortController): PipelineSteps {
  const { environment, request } = run;
  let history: readonly StageSample[] | undefined;
  // Read when the first stage asks, and once: it may be tens of megabytes of other runs' journals.
  const earlierRuns = (): readonly StageSample[] => {
    history ??= readHistory(environment.home, cloudIdentity(environment.cloud), request.runId);
    return history;
  };
  return {
    stage<I, O>(definition: StageDefinition<I, O>, input: I, suffix?: string) {
      const key = suffix === undefined ? definition.name : `${definition.name}:${suffix}`;
      const known = run.record.stages.get(key);
      if (known?.state === "finished") return Promise.resolve(known.output as O);
      if (run.keys.indexOf(key) > run.lastKey) return Promise.reject(stopHere);
      return runStage({ run, services, controller, earlierRuns }, key, definition, input);
    },
    async all(steps) {
      const settled = await Promise.allSettled(steps);
      for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
      return settled.map(
        (outcome) => (outcome as PromiseFulfilledResult<Awaited<(typeof steps)[number]>>).value,
      );
    },
  };
}

/** What the stages of one run share. */
interface StageSurroundings {
  readonly run: OpenRun;
  readonly services: Services;
  readonly controller: AbortController;
  /** What stages took in earlier runs. */
  readonly earlierRuns: () => readonly StageSample[];
}

async function runStage<I, O>(
  { run, services, controller, earlierRuns }: StageSurroundings,
  stage: string,
  definition: StageDefinition<I, O>,
  input: I,
): Promise<O> {
  const { environment, log } = run;
  const { clock, random } = environment;
  const { signal } = controller;
  const record = stageRecord(run.record, stage);
  const attempts = definition.retry?.attempts ?? 1;
  const baseMs = definition.retry?.backoffMs ?? 0;
  const wait = definition.waitsFor?.(input);
  return retry(
    async () => {
      const attempt = ++record.attempts;
      const startedMs = clock.monotonic();
      const { context, close } = createStageContext({
        runId: run.request.runId,
        stage,
        attempt,
        record,
        log,
        signal,
        services,
        waits: wait !== undefined,
        expected: wait && expectedTime(earlierRuns(), stage, wait),
      });
      let output: O;
      try {
        await log.emit({ type: "stage.started", stage, summary: definition.summary(input), attempt });
        throwIfCancelled(signal);
        output = await definition.run(input, context);
      } catch (thrown) {
        throwIfCancelled(signal);
        const error = asSampanError(thrown);
        if (!isSampanError(error, "CORE_CANCELLED"))
          await log.emit({ type: "stage.failed", stage, error: toErrorRecord(error) });
        throw error;
      } finally {
        close();
      }
      await log.emit({
        type: "stage.finished",
        stage,
        output: output as Json,
        tookMs: Math.round(clock.monotonic() - startedMs),
      });
      record.state = "finished";
      record.output = output as Json;
      return output;
    },
    {
      policy: { attempts, baseMs, capMs: baseMs * 8 },
      clock,
      random,
      signal,
      onRetry: ({ attempt, waitMs, error }) =>
        void log
          .emit({ type: "stage.retrying", stage, attempt, waitMs, error: toErrorRecord(error) })
          .catch(() => undefined),
    },
  );
}
