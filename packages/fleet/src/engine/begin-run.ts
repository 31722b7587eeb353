import { isSampanError, SampanError } from "@sampan/core";
import { type Plan, planFingerprint, type StartOptions, sourceTitle } from "@sampan/sdk";
import { isDone, isRunId, lastStage } from "@sampan/sdk/engine";
import { addRun, newRunData } from "./add-run.ts";
import type { FleetStartOptions } from "./fleet-runner.ts";
import {
  changingError,
  claimHost,
  lockedError,
  mostTurns,
  restlessError,
  settleHolder,
} from "./host-claims.ts";
import { siteQueue } from "./queue-names.ts";
import { refuseUnfit } from "./refuse-plan.ts";
import type { Deadline } from "./run-data.ts";
import { standingOf } from "./run-job.ts";
import { RunJournal } from "./run-journal.ts";
import type { RunnerContext } from "./runner-context.ts";
import { stopRun } from "./stop-run.ts";
import type { StoredRun } from "./stored-runs.ts";

/** A run that was begun, gone on with, or found going on. */
export interface BegunRun {
  readonly runId: string;
  readonly attached: boolean;
}

/** How far a run is to go, and until when. */
type Extent = Pick<StartOptions, "through" | "deadlineMs">;

/**
 * Begins a run of a plan, or goes on with its last one, by the rules of `Runner.start`.
 *
 * @throws `RUN_LOCKED` where another run works on the host; `PLAN_INVALID` and `CORE_ARGUMENT` for what cannot be.
 */
export async function beginRun(
  at: RunnerContext,
  plan: Plan,
  start: FleetStartOptions,
  newId: string,
): Promise<BegunRun> {
  refuseUnfit(plan, start, at.cloud);
  assertNewId(newId);
  const site = start.site ?? null;
  if (site !== null) {
    siteQueue(site);
    await at.index.register("site", site);
  }
  lastStage(at.pipeline, at.pipeline.keys(plan), start.through);
  const doing = doingOf(plan);
  const through = start.through ?? null;
  const data = newRunData(at, {
    ...{ plan, site, host: start.host ?? null },
    ...{ epoch: 1, through, deadline: deadlineOf(at, start) },
  });
  const { hostDigest, planDigest, epoch } = data;
  for (let turn = 0; turn < mostTurns; turn++) {
    const last = start.runId !== undefined || start.again ? undefined : await at.index.lastRun(planDigest);
    const wanted = start.runId ?? last ?? newId;
    const known = await at.runs.find(wanted);
    // One that was forgotten is not begun again under its old id.
    const runId = known === undefined && wanted === last ? newId : wanted;
    if (known !== undefined) {
      assertSamePlan(known, plan);
      try {
        return await goOn(at, known, start);
      } catch (error) {
        // It was forgotten just now: then the plan begins anew.
        if (start.runId !== undefined || !isSampanError(error, "RUN_NOT_FOUND")) throw error;
        continue;
      }
    }
    const holder = await at.index.claim(hostDigest, { runId, plan: planDigest, epoch });
    if (holder.runId === runId) {
      const job = await addRun(at, runId, data);
      // Who was slow to add it was taken for gone, and the host may have been given to another.
      const still = await at.index.claim(hostDigest, { runId, plan: planDigest, epoch });
      if (still.runId !== runId) {
        await withdraw(at, { runId, queue: at.store.queue(job.queueName), job, data });
        continue;
      }
      await at.index.setLastRun(planDigest, runId);
      return { runId, attached: false };
    }
    const isWanted = holder.plan === planDigest && start.runId === undefined && !start.again;
    const found = await settleHolder(at, hostDigest, holder);
    if (found === undefined) continue;
    if (isWanted) return { runId: holder.runId, attached: true };
    throw lockedError(doing, holder);
  }
  throw restlessError(doing);
}

const hostIsTaken = { kind: "cancel", reason: "since another run has its host" } as const;

/** Takes back a run whose host another has; one that a worker has taken up already is stopped. */
async function withdraw(at: RunnerContext, run: StoredRun): Promise<void> {
  try {
    await run.job.remove();
  } catch {
    await stopRun(at, run, hostIsTaken);
  }
}

/** Goes on with a run by its id. */
export async function resumeRun(at: RunnerContext, runId: string, start: Extent): Promise<BegunRun> {
  return goOn(at, await at.runs.get(runId), start);
}

/** Follows a run that is going on, starts one again that has ended early; one that did all that is asked for is left as it is. */
async function goOn(at: RunnerContext, run: StoredRun, start: Extent): Promise<BegunRun> {
  const { runId, queue, data } = run;
  const journal = new RunJournal(queue, runId);
  await journal.read();
  if (standingOf(run, journal) === "goes on") return { runId, attached: true };
  const { plan } = data;
  const keys = at.pipeline.keys(plan);
  const lastKey = lastStage(at.pipeline, keys, start.through);
  if (isDone(journal.record, keys, lastKey)) return { runId, attached: false };
  return startAgain(at, run, start, (journal.record.started?.attempt ?? 0) + 1);
}

/** Starts a run again that has ended, whose finished stages stay finished. */
async function startAgain(
  at: RunnerContext,
  run: StoredRun,
  start: Extent,
  epoch: number,
): Promise<BegunRun> {
  const { runId, queue, data } = run;
  const until = at.clock.monotonic() + 30_000;
  let ended = run;
  // Its end is recorded before its job ends: moments later, or when another worker has taken over from the one that was to end it.
  while (ended.job.finishedOn === undefined) {
    if (at.clock.monotonic() > until) {
      throw new SampanError(
        "RUN_INTERRUPTED",
        `${doingOf(data.plan)}: the worker that ended run ${runId} is gone, and no other has taken over from it`,
        { details: { runId } },
      );
    }
    await at.clock.sleep(50);
    ended = await at.runs.get(runId);
    if (ended.data.epoch !== data.epoch) return { runId, attached: true };
  }
  // Only now: whoever ended it let go of the host before its job ended.
  await claimHost(at, runId, { ...data, epoch }, doingOf(data.plan));
  const next = { epoch, through: start.through ?? null, deadline: deadlineOf(at, start) };
  for (let turn = 0; ; turn++) {
    if (turn === mostTurns) throw changingError(runId);
    const read = { data: ended.job.data as object, states: ["completed", "failed"] as const };
    const written = { ...read.data, ...next, stop: null, note: null };
    if (await at.store.updateUnchanged(queue.name, runId, read, written)) break;
    ended = await at.runs.get(runId);
    // Somebody else was quicker; or it was only asked to stop, which is of the start that has ended.
    if (ended.data.epoch !== data.epoch || ended.job.finishedOn === undefined)
      return { runId, attached: true };
  }
  try {
    await ended.job.retry((await ended.job.isFailed()) ? "failed" : "completed", { resetAttemptsMade: true });
  } catch (error) {
    // Somebody else was quicker: then it goes on, or is forgotten.
    if ((await at.runs.get(runId)).job.finishedOn !== undefined) throw error;
    return { runId, attached: true };
  }
  // Who was slow to start it again was taken for gone, and the host may have been given to another.
  const still = await at.index.claim(data.hostDigest, { runId, plan: data.planDigest, epoch });
  if (still.runId !== runId) {
    await stopRun(at, await at.runs.get(runId), hostIsTaken);
    throw lockedError(doingOf(data.plan), still);
  }
  await at.index.setLastRun(data.planDigest, runId);
  return { runId, attached: false };
}

/** When the time of a run that is begun now is over. */
function deadlineOf({ clock }: RunnerContext, { deadlineMs }: Extent): Deadline | null {
  return deadlineMs === undefined ? null : { deadlineMs, endsAtMs: clock.now() + deadlineMs };
}

function doingOf(plan: Plan): string {
  return `starting ${sourceTitle(plan.source)}`;
}

function assertNewId(runId: string): void {
  if (!isRunId(runId) || /^\d+$/.test(runId))
    throw new SampanError("RUN_NOT_FOUND", `${JSON.stringify(runId)} cannot be the id of a run of a fleet`);
}

function assertSamePlan({ runId, data }: StoredRun, plan: Plan): void {
  if (planFingerprint(data.plan) === planFingerprint(plan)) return;
  throw new SampanError("PLAN_INVALID", `run ${runId} was started with another plan`, {
    hint: "Start a new run for a changed plan.",
  });
}
