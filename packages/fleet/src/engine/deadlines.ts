import { anyQueue, runQueue, stageJobId } from "./queue-names.ts";
import { type RunData, readRunData, type StageData } from "./run-data.ts";
import { stopRun } from "./stop-run.ts";
import type { WorkerContext } from "./worker-context.ts";

/*
 * A deadline is a job of its own, which the store gives to some worker when its time has come: it holds whoever died since, also for a run
 * that waits for a worker nobody started.
 */

const deadlineKey = "deadline";

type DeadlineContext = Pick<WorkerContext, "store" | "signals" | "clock">;

/** Sees to it that a start of a run is asked to stop when its time is over. May be called again. */
export async function setDeadline(
  { store, clock }: DeadlineContext,
  runId: string,
  { deadline, version, epoch }: RunData,
): Promise<void> {
  if (deadline === null) return;
  const content: StageData = { v: 1, kind: "deadline", runId, version, key: deadlineKey, epoch };
  await store.queue(anyQueue).add(deadlineKey, content, {
    jobId: deadlineJob(runId, epoch),
    delay: Math.max(0, deadline.endsAtMs - clock.now()),
    attempts: 100,
    backoff: { type: "fixed", delay: 2000 },
    removeOnComplete: true,
    removeOnFail: true,
  });
}

/** Takes back what {@link setDeadline} added, of a start that has ended. */
export async function clearDeadline(
  { store }: DeadlineContext,
  runId: string,
  { deadline, epoch }: RunData,
): Promise<void> {
  if (deadline !== null) await store.queue(anyQueue).remove(deadlineJob(runId, epoch));
}

/** Asks a run to stop whose time is over; one that has ended, or was started again since, stays as it is. */
export async function enforceDeadline(
  context: DeadlineContext,
  { runId, version, epoch }: StageData,
): Promise<void> {
  const queue = context.store.queue(runQueue(version));
  const job = await queue.getJob(runId);
  if (job === undefined) return;
  const data = readRunData(runId, job.data);
  if (data.epoch !== epoch || data.deadline === null) return;
  const { deadlineMs } = data.deadline;
  await stopRun(context, { runId, queue, job, data }, { kind: "deadline", deadlineMs });
}

function deadlineJob(runId: string, epoch: number): string {
  return stageJobId(runId, deadlineKey, epoch);
}
