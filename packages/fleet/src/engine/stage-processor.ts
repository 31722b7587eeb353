import { randomBytes } from "node:crypto";
import { asSampanError, cancelledError, isSampanError, type RunEvent, SampanError } from "@sampan/core";
import { type Plan, sourceTitle } from "@sampan/sdk";
import {
  deadlineError,
  lastStage,
  leaveRun,
  openServices,
  type Pipeline,
  performStage,
  type StageRecord,
  stageRecord,
} from "@sampan/sdk/engine";
import type { Job } from "bullmq";
import { enforceDeadline } from "./deadlines.ts";
import { failedStages } from "./failed-stages.ts";
import { Lease } from "./lease.ts";
import { LeaseLog } from "./lease-log.ts";
import { runQueue } from "./queue-names.ts";
import { replay } from "./replay.ts";
import { type RunData, readRunData, type StageData, stageData } from "./run-data.ts";
import { RunJournal } from "./run-journal.ts";
import { storeArtifacts } from "./store-artifacts.ts";
import type { WorkerContext } from "./worker-context.ts";

const shutdownDelayMs = 50;
const otherVersionDelayMs = 500;

/** Does the stage of a job, or answers at once where the run's journal says that it is done; or asks a run to stop whose time is over. */
export async function processStage(
  context: WorkerContext,
  job: Job,
  token: string | undefined,
): Promise<object> {
  const data = stageData.parse(job.data);
  if (!context.pipelines.has(data.version)) {
    // Versions share the queues of their stages, and with them what sites and resources bear: it is for another worker.
    await job.moveToDelayed(Date.now() + otherVersionDelayMs, token);
    throw new context.store.bullmq.DelayedError();
  }
  return context.active.inTurn(`${data.runId} ${data.key}`, async () => {
    const lease = new Lease(`stage ${data.key} of run ${data.runId}`, context.leaseMs);
    context.active.add(job, { runId: data.runId, endsRun: data.kind !== "stage", lease });
    try {
      if (context.active.isClosing) giveBack(lease, context);
      if (data.kind === "deadline") {
        lease.signal.throwIfAborted();
        await enforceDeadline(context, data);
        return {};
      }
      return await performJob(context, job, data, lease);
    } catch (thrown) {
      if (lease.end === "done elsewhere") return {};
      if (lease.end === "shutdown") {
        // No attempt is spent: whoever is there takes it next.
        await job.moveToDelayed(Date.now() + shutdownDelayMs, token);
        throw new context.store.bullmq.DelayedError();
      }
      if (lease.end === "lost") throw thrown;
      const error = asSampanError(thrown);
      // What went wrong with the store goes away; what went wrong with the stage was tried often enough.
      if (!isSampanError(thrown)) throw thrown;
      throw new context.store.bullmq.UnrecoverableError(`${error.code}: ${error.message}`);
    } finally {
      context.active.remove(job, { lease });
    }
  });
}

/** Ends a piece of work because its process ends. */
export function giveBack(lease: Lease, { name }: Pick<WorkerContext, "name">): void {
  lease.stop(
    "shutdown",
    new SampanError("RUN_LEASE_LOST", `worker ${name} was told to end and gave its work back`),
  );
}

/** What ends the work on a run that was asked to stop. */
export function stopError(runId: string, { stop, plan }: RunData): SampanError | undefined {
  if (stop === null) return undefined;
  return stop.kind === "cancel"
    ? cancelledError(stop.reason)
    : deadlineError(runId, sourceTitle(plan.source), stop.deadlineMs);
}

async function performJob(context: WorkerContext, job: Job, data: StageData, lease: Lease): Promise<object> {
  const { store, clock, random, onEvent } = context;
  const { runId, key, epoch } = data;
  const queue = store.queue(runQueue(data.version));
  const pipeline = context.pipelines.get(data.version);
  if (pipeline === undefined) throw new Error(`this worker has no version ${data.version} of the pipeline`);
  const runJob = await queue.getJob(runId);
  if (runJob === undefined)
    throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId} in ${store.address}`);
  const run = readRunData(runId, runJob.data);
  if (run.epoch !== epoch)
    throw new SampanError("RUN_INTERRUPTED", `stage ${key} is of an earlier start of run ${runId}`);
  const stopped = data.kind === "stage" ? stopError(runId, run) : undefined;
  if (stopped !== undefined) lease.stop("stopped", stopped);
  lease.signal.throwIfAborted();

  const journal = new RunJournal(queue, runId);
  await journal.read();
  const record = stageRecord(journal.record, key);
  if (record.state === "finished" || journal.hasEnded(epoch)) return {};

  const mine: StageRecord = { ...record, checkpoint: { ...record.checkpoint } };
  const log = new LeaseLog({
    queue,
    runId,
    writer: { id: randomBytes(6).toString("hex"), generation: generationOf(data, job) },
    journal,
    lease,
    signals: context.signals,
    clock,
    ...(onEvent === undefined
      ? {}
      : {
          onEvent: (event: RunEvent) =>
            onEvent(event, { title: sourceTitle(run.plan.source), site: run.site }),
        }),
    onStarted() {
      const { state, checkpoint } = stageRecord(journal.record, key);
      mine.checkpoint = { state: checkpoint.state, items: [...checkpoint.items] };
      if (state === "finished") lease.superseded();
    },
  });
  const ofSite = run.site === null ? undefined : context.siteBudgets.get(run.site);
  const surroundings = {
    ...context,
    cloud: run.cloud,
    ...(ofSite === undefined ? {} : { bandwidth: ofSite }),
  };
  const { services, close } = openServices(surroundings, storeArtifacts(store, runId));
  try {
    if (data.kind === "leave") {
      const { plan } = run;
      await leaveRun(
        { plan, record: journal.record, log },
        pipeline,
        services,
        endingOf(runId, run, journal),
      );
      return {};
    }
    const wanted = await wantedStage(pipeline, run, journal, key);
    const work = { runId, stage: key, record: mine, log, signal: lease.signal, services, clock, random };
    await performStage({ ...work, earlierRuns: () => [] }, wanted.definition, wanted.input);
    return {};
  } finally {
    await close();
  }
}

/** Later attempts at a stage have greater numbers, whoever makes them. */
function generationOf({ epoch }: StageData, { attemptsStarted }: Job): number {
  return epoch * 1e9 + attemptsStarted;
}

/** What ended the run whose leaving is done; `null` where it was told how far to go. */
function endingOf(runId: string, run: RunData, journal: RunJournal): SampanError | null {
  const failed = [...failedStages(journal, run.epoch).values()];
  return stopError(runId, run) ?? failed[0] ?? null;
}

/** Finds what the stage is and what it is to be done with, by the run's record. */
async function wantedStage(
  pipeline: Pipeline<Plan, unknown>,
  run: RunData,
  journal: RunJournal,
  key: string,
) {
  const keys = pipeline.keys(run.plan);
  const lastKey = lastStage(pipeline, keys, run.through ?? undefined);
  const { record } = journal;
  const replayed = await replay(pipeline, { plan: run.plan, record, keys, lastKey, failed: new Map() });
  const wanted = replayed.kind === "blocked" ? replayed.wanted.find((one) => one.key === key) : undefined;
  if (wanted === undefined) {
    if (replayed.kind === "failed") throw replayed.error;
    throw new SampanError("CORE_INTERNAL", `stage ${key} is not what the pipeline waits for`);
  }
  return wanted;
}
