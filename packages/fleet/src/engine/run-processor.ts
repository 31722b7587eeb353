import { randomBytes } from "node:crypto";
import { asSampanError, cancelledError, type RunEventBody, SampanError } from "@sampan/core";
import type { Plan } from "@sampan/sdk";
import { planFingerprint, sourceTitle } from "@sampan/sdk";
import {
  brokenOffEvent,
  cloudIdentity,
  finishedEvent,
  lastStage,
  outputsOf,
  type Pipeline,
} from "@sampan/sdk/engine";
import type { Job, Queue } from "bullmq";
import { clearDeadline, setDeadline } from "./deadlines.ts";
import { failedStages } from "./failed-stages.ts";
import { Lease } from "./lease.ts";
import { LeaseLog } from "./lease-log.ts";
import { anyQueue, poolQueue, runQueue, siteQueue, stageJobId } from "./queue-names.ts";
import { replay, type WantedStage } from "./replay.ts";
import { type RunData, readRunData, type StageData } from "./run-data.ts";
import { RunJournal } from "./run-journal.ts";
import { keepOutline } from "./run-outline.ts";
import { giveBack, stopError } from "./stage-processor.ts";
import { takeBack } from "./take-back.ts";
import type { WorkerContext } from "./worker-context.ts";
import { workersOf } from "./workers-of.ts";

const leaveKey = "leave";

/** A run that is being looked after. */
interface OpenRun {
  readonly context: WorkerContext;
  readonly job: Job;
  readonly token: string;
  readonly runId: string;
  readonly pipeline: Pipeline<Plan, unknown>;
  readonly journal: RunJournal;
  readonly log: LeaseLog;
  readonly lease: Lease;
}

/** How a run comes to wait for others, or ends. */
type Step = "wait" | "again" | RunEventBody;

/**
 * Brings a run forward: replays its pipeline by the journal, hands the stages that are to be done to whoever may do them, and leaves
 * it waiting for them; or ends it. It holds nobody up meanwhile: the job waits in the store, and is taken up when they are done.
 */
export async function processRun(
  context: WorkerContext,
  job: Job,
  token: string | undefined,
): Promise<object> {
  const runId = job.id ?? "";
  const { UnrecoverableError, WaitingChildrenError, DelayedError } = context.store.bullmq;
  return context.active.inTurn(`${runId}`, async () => {
    const lease = new Lease(`run ${runId}`, context.leaseMs);
    context.active.add(job, { runId, endsRun: true, lease });
    try {
      if (context.active.isClosing) giveBack(lease, context);
      const end = await bringForward(context, job, token ?? "", lease);
      if (end === "wait") throw new WaitingChildrenError();
      if (end.type === "run.finished") return {};
      // Failed and cancelled runs are told apart by their journal.
      throw new UnrecoverableError(end.type === "run.failed" ? end.error.code : "cancelled");
    } catch (thrown) {
      const isDone = thrown instanceof WaitingChildrenError || thrown instanceof UnrecoverableError;
      if (lease.end === "shutdown" && !isDone) {
        await job.moveToDelayed(Date.now(), token);
        throw new DelayedError();
      }
      throw thrown;
    } finally {
      context.active.remove(job, { lease });
    }
  });
}

type EndBody = Extract<RunEventBody, { type: "run.finished" | "run.failed" | "run.cancelled" }>;

async function bringForward(
  context: WorkerContext,
  job: Job,
  token: string,
  lease: Lease,
): Promise<"wait" | EndBody> {
  const runId = job.id ?? "";
  const { store, clock, signals } = context;
  const data = readRunData(runId, job.data);
  const pipeline = context.pipelines.get(data.version);
  if (pipeline === undefined) throw new Error(`this worker has no version ${data.version} of the pipeline`);
  const queue = store.queue(runQueue(data.version));
  const journal = new RunJournal(queue, runId);
  await journal.read();
  const writer = { id: randomBytes(6).toString("hex"), generation: data.epoch * 1e9 + job.attemptsStarted };
  const log = new LeaseLog({ queue, runId, writer, journal, lease, signals, clock });
  const run: OpenRun = { context, job, token, runId, pipeline, journal, log, lease };
  for (let now = data; ; now = await freshData(run)) {
    lease.signal.throwIfAborted();
    await journal.read();
    if (journal.hasEnded(now.epoch)) return finishUp(run, now, endOf(journal));
    const step = await takeStep(run, now);
    if (step === "wait") return "wait";
    if (step === "again") continue;
    await log.emit(step);
    return finishUp(run, now, step as EndBody);
  }
}

async function freshData({ context, job, runId }: OpenRun): Promise<RunData> {
  const fresh = await context.store.queue(job.queueName).getJob(runId);
  if (fresh === undefined) throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId}`);
  return readRunData(runId, fresh.data);
}

/** The host is free for other runs once the run has ended. */
async function finishUp(run: OpenRun, data: RunData, end: EndBody): Promise<EndBody> {
  const { context, job, journal, runId, lease } = run;
  // One that stood still may find the run ended that was started again since.
  if (!lease.isHeld()) throw cancelledError(lease.lost.reason);
  await clearDeadline(context, runId, data);
  await context.index.release(data.hostDigest, { runId, epoch: data.epoch });
  await journal.read();
  await keepOutline(job, journal);
  return end;
}

/** How a run ended, by its journal. */
function endOf({ record }: RunJournal): EndBody {
  if (record.end === "finished") return { type: "run.finished", result: record.result ?? {}, warnings: 0 };
  if (record.end === "failed" && record.error !== null) return { type: "run.failed", error: record.error };
  return { type: "run.cancelled", reason: "" };
}

async function takeStep(run: OpenRun, data: RunData): Promise<Step> {
  const { context, pipeline, journal, log, runId } = run;
  const { record } = journal;
  const { plan, epoch } = data;
  const keys = pipeline.keys(plan);
  const lastKey = lastStage(pipeline, keys, data.through ?? undefined);
  if ((record.started?.attempt ?? 0) < epoch) {
    await setDeadline(context, runId, data);
    await log.emit({
      type: "run.started",
      plan: planFingerprint(plan),
      title: sourceTitle(plan.source),
      stages: keys,
      cloud: cloudIdentity(data.cloud),
      folder: null,
      attempt: epoch,
    });
    if (data.note !== null) await log.emit({ type: "log", stage: null, level: "info", message: data.note });
    return "again";
  }
  const stopped = stopError(runId, data);
  if (stopped !== undefined) {
    await takeBack(context.store, run.job);
    const step = await waitForOthers(run);
    return step === "wait" ? step : breakOff(run, data, stopped);
  }
  const failed = new Map<string, SampanError>();
  for (;;) {
    const replayed = await replay(pipeline, { plan, record, keys, lastKey, failed });
    if (replayed.kind === "failed") return breakOff(run, data, asSampanError(replayed.error));
    if (replayed.kind !== "blocked") {
      if (replayed.kind === "stopped" && (await isLeaving(run, data))) return waitForOthers(run);
      return endOfAll(run, data, lastKey === keys.length - 1);
    }
    const handed = await handOut(run, data, replayed.wanted);
    if (handed === "again") return "again";
    if (handed.size === 0) {
      // Whoever asked it to stop has removed what waited then; what was handed out since has to be seen here.
      return (await freshData(run)).stop === null ? waitForOthers(run) : "again";
    }
    for (const [key, error] of handed) failed.set(key, error);
  }
}

/** Ends a run all of whose stages have finished; what cannot be made a result of ends it too, since trying again gives the same. */
function endOfAll({ context, runId, journal }: OpenRun, { plan, cloud }: RunData, isComplete: boolean): Step {
  const { record, resources } = journal;
  try {
    return finishedEvent({ runId, plan, cloud, folder: context.store.address, record, isComplete });
  } catch (error) {
    return brokenOffEvent(asSampanError(error), resources);
  }
}

/** Ends a run early, once what must not stay is undone. */
async function breakOff(run: OpenRun, data: RunData, error: SampanError): Promise<Step> {
  if (await isLeaving(run, data)) return waitForOthers(run);
  return brokenOffEvent(error, run.journal.resources);
}

/** Whether somebody is to undo what must not stay, and has not done so. */
async function isLeaving(run: OpenRun, data: RunData): Promise<boolean> {
  const { pipeline, journal } = run;
  if (pipeline.leave === undefined || pipeline.mustLeave?.(outputsOf(journal.record)) === false) return false;
  const queue = data.site === null ? anyQueue : siteQueue(data.site);
  const given = await giveOut(run, data, { kind: "leave", key: leaveKey, queue });
  return given.state === "given";
}

/** Leaves the run waiting until all that was handed out has ended. */
async function waitForOthers({ job, token }: OpenRun): Promise<Step> {
  return (await job.moveToWaitingChildren(token)) ? "wait" : "again";
}

/** Sees to it that the stages are done by whoever may; gives those that have failed for good. */
async function handOut(
  run: OpenRun,
  data: RunData,
  wanted: readonly WantedStage[],
): Promise<"again" | ReadonlyMap<string, SampanError>> {
  const failed = new Map<string, SampanError>();
  for (const stage of wanted) {
    const { key } = stage;
    const given = await giveOut(run, data, { kind: "stage", key, queue: await queueOf(run, data, stage) });
    if (given.state === "done") return "again";
    if (given.state === "failed") {
      await run.journal.read();
      const error = failedStages(run.journal, data.epoch).get(key);
      failed.set(
        key,
        error ?? new SampanError("CORE_INTERNAL", `stage ${key} of run ${run.runId}: ${given.why}`),
      );
    }
  }
  return failed;
}

type Given =
  | { readonly state: "given" }
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly why: string };

/** Adds the job of a stage where there is none, and tells what has become of it. */
async function giveOut(
  run: OpenRun,
  data: RunData,
  stage: { readonly kind: StageData["kind"]; readonly key: string; readonly queue: string },
): Promise<Given> {
  const { context, runId, journal, job } = run;
  const { epoch, version } = data;
  const { kind, key } = stage;
  const queue = context.store.queue(stage.queue);
  const id = stageJobId(runId, key, epoch);
  const known = await queue.getJob(id);
  if (known !== undefined) {
    const state = await known.getState();
    // Of a stage the job is gone once it is done.
    if (state === "completed") return { state: "done" };
    if (state !== "failed") return { state: "given" };
    return kind === "leave" ? { state: "done" } : { state: "failed", why: known.failedReason ?? "" };
  }
  // It may just have been done: one whose end was recorded since the journal was read is not given out again.
  await journal.read();
  if (kind === "stage" && journal.record.stages.get(key)?.state === "finished") return { state: "done" };
  const content: StageData = { v: 1, kind, runId, version, key, epoch };
  await queue.add(kind === "leave" ? "leave" : key, content, {
    jobId: id,
    parent: { id: runId, queue: context.store.queue(job.queueName).qualifiedName },
    ignoreDependencyOnFailure: true,
    attempts: 100,
    backoff: { type: "fixed", delay: 2000 },
    // The journal says what a stage came to, and one that has finished is not asked for again. That undoing is done only its job
    // says, and of a stage that failed without a word in the journal why; they stay until the run is forgotten.
    removeOnComplete: kind === "stage",
  });
  if (kind === "leave") await tellOfNobody(run, data, queue);
  return { state: "given" };
}

/** Says that a run which is to end cannot, where nobody is there who reaches its host. */
async function tellOfNobody({ log }: OpenRun, { site }: RunData, queue: Queue): Promise<void> {
  if (site === null || (await workersOf(queue)).length > 0) return;
  const message = `the run ends once a worker of site ${site} is there, which is to undo on the host what must not stay`;
  await log.emit({ type: "log", stage: null, level: "warning", message });
}

/** The queue whose workers may do a stage. */
async function queueOf(run: OpenRun, data: RunData, { definition, input }: WantedStage): Promise<string> {
  const place = definition.place?.(input);
  if (place?.pool !== undefined) {
    const { name, atOnce } = place.pool;
    const queue = poolQueue(name);
    const { store, index, signals } = run.context;
    if (!index.isRegistered("pool", `${name} ${atOnce}`)) {
      await store.queue(queue).setGlobalConcurrency(atOnce);
      if (await index.register("pool", `${name} ${atOnce}`)) signals.queues();
    }
    return queue;
  }
  return place?.near === "disks" && data.site !== null ? siteQueue(data.site) : anyQueue;
}
