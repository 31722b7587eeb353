import { type Clock, SampanError } from "@sampan/core";
import { type CloudChoice, type Plan, planFingerprint, type StartOptions, sourceTitle } from "@sampan/sdk";
import { cloudKey, hostIdentity, isDone, isRunId, lastStage, type Pipeline } from "@sampan/sdk/engine";
import type { FleetIndex, HostClaim } from "./fleet-index.ts";
import type { FleetStartOptions } from "./fleet-runner.ts";
import { lostEnd } from "./lost-end.ts";
import { runQueue, shortDigest, siteQueue } from "./queue-names.ts";
import { refuseUnfit } from "./refuse-plan.ts";
import { type RunData, readRunData } from "./run-data.ts";
import { RunJournal } from "./run-journal.ts";
import type { SignalSender } from "./signals.ts";
import type { FleetStore } from "./store/store.ts";
import type { StoredRun, StoredRuns } from "./stored-runs.ts";

/** What the parts of a runner share. */
export interface RunnerContext {
  readonly store: FleetStore;
  readonly index: FleetIndex;
  readonly signals: SignalSender;
  readonly runs: StoredRuns;
  readonly pipeline: Pipeline<Plan, unknown>;
  readonly cloud: CloudChoice;
  readonly clock: Clock;
}

/** A run that was begun, gone on with, or found going on. */
export interface BegunRun {
  readonly runId: string;
  readonly attached: boolean;
}

// So often the host is asked for anew, when the run that had it turns out to have let go of it.
const mostTurns = 20;

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
  const hostDigest = shortDigest(`${site ?? ""}\n${hostIdentity(plan.source)}`);
  const planDigest = shortDigest(`${site ?? ""}\n${planFingerprint(plan)}\n${cloudKey(at.cloud)}`);
  for (let turn = 0; turn < mostTurns; turn++) {
    const last = start.runId !== undefined || start.again ? undefined : await at.index.lastRun(planDigest);
    const wanted = start.runId ?? last ?? newId;
    const known = await at.runs.find(wanted);
    // One that was forgotten is not begun again under its old id.
    const runId = known === undefined && wanted === last ? newId : wanted;
    if (known !== undefined) {
      assertSamePlan(known, plan);
      return goOn(at, known, start);
    }
    const holder = await at.index.claim(hostDigest, { runId, plan: planDigest });
    if (holder.runId === runId) {
      const data = newData(at, plan, start, { hostDigest, planDigest });
      await at.index.register("version", String(at.pipeline.version));
      await at.store.queue(runQueue(at.pipeline.version)).add(sourceTitle(plan.source), data, {
        jobId: runId,
        attempts: 100,
        backoff: { type: "fixed", delay: 2000 },
      });
      await at.index.setLastRun(planDigest, runId);
      return { runId, attached: false };
    }
    const isWanted = holder.plan === planDigest && start.runId === undefined && !start.again;
    const found = await heldBy(at, hostDigest, holder);
    if (found === undefined) continue;
    if (isWanted) return { runId: holder.runId, attached: true };
    throw lockedError(plan, holder);
  }
  throw new SampanError(
    "RUN_LOCKED",
    `starting ${sourceTitle(plan.source)}: other runs take the host by turns`,
  );
}

/** Goes on with a run by its id. */
export async function resumeRun(
  at: RunnerContext,
  runId: string,
  start: Pick<StartOptions, "through">,
): Promise<BegunRun> {
  return goOn(at, await at.runs.get(runId), start);
}

/** Follows a run that is going on, starts one again that has ended early; one that did all that is asked for is left as it is. */
async function goOn(
  at: RunnerContext,
  run: StoredRun,
  { through }: Pick<StartOptions, "through">,
): Promise<BegunRun> {
  const { runId, queue, data } = run;
  const journal = new RunJournal(queue, runId);
  await journal.read();
  const state = await run.job.getState();
  const isOver = state === "completed" || state === "failed";
  if (!isOver && !journal.hasEnded(data.epoch)) return { runId, attached: true };
  const { plan } = data;
  const keys = at.pipeline.keys(plan);
  const lastKey = lastStage(at.pipeline, keys, through);
  if (isDone(journal.record, keys, lastKey)) return { runId, attached: false };
  const holder = await at.index.claim(data.hostDigest, { runId, plan: data.planDigest });
  if (holder.runId !== runId && (await heldBy(at, data.hostDigest, holder)) !== undefined)
    throw lockedError(plan, holder);
  if (holder.runId !== runId) return goOn(at, run, { ...(through !== undefined && { through }) });
  return startAgain(at, run, through, (journal.record.started?.attempt ?? 0) + 1);
}

/** Starts a run again that has ended, whose finished stages stay finished. */
async function startAgain(
  at: RunnerContext,
  { runId, queue, job }: StoredRun,
  through: string | undefined,
  epoch: number,
): Promise<BegunRun> {
  const until = at.clock.monotonic() + 30_000;
  for (;;) {
    const state = await job.getState();
    if (state === "completed" || state === "failed") {
      try {
        await job.updateData({
          ...(job.data as object),
          epoch,
          through: through ?? null,
          stop: null,
          note: null,
        });
        await job.retry(state, { resetAttemptsMade: true });
      } catch (error) {
        // Somebody else was quicker: then it goes on, or is forgotten.
        const now = await job.getState();
        if (now === "completed" || now === "failed") throw error;
        return { runId, attached: true };
      }
      const data = readRunData(runId, job.data);
      await at.index.setLastRun(data.planDigest, runId);
      return { runId, attached: false };
    }
    // Its end is recorded before its job ends, moments later.
    if (at.clock.monotonic() > until) return { runId, attached: true };
    await at.clock.sleep(50);
    if ((await queue.getJob(runId)) === undefined)
      throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId}`);
  }
}

/** The run that has a host; `undefined` after the host was taken from one that is not there, or has ended. */
async function heldBy(
  at: RunnerContext,
  hostDigest: string,
  holder: HostClaim,
): Promise<StoredRun | undefined> {
  for (let look = 0; ; look++) {
    const run = await at.runs.find(holder.runId);
    if (run !== undefined) {
      const journal = new RunJournal(run.queue, run.runId);
      await journal.read();
      if (!journal.hasEnded(run.data.epoch) && lostEnd(run, journal) === undefined) return run;
    }
    // Whoever claims a host adds the run a moment later, and lets go of the host a moment after its end.
    if (look === 20) break;
    if ((await at.index.holder(hostDigest))?.runId !== holder.runId) return undefined;
    await at.clock.sleep(100);
  }
  await at.index.release(hostDigest, holder.runId);
  return undefined;
}

function newData(
  at: RunnerContext,
  plan: Plan,
  start: FleetStartOptions,
  digests: Pick<RunData, "hostDigest" | "planDigest">,
): RunData {
  return {
    v: 1,
    version: at.pipeline.version,
    plan,
    cloud: at.cloud,
    site: start.site ?? null,
    epoch: 1,
    through: start.through ?? null,
    note: null,
    stop: null,
    ...digests,
  };
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

function lockedError(plan: Plan, { runId, plan: digest }: HostClaim): SampanError {
  return new SampanError(
    "RUN_LOCKED",
    `starting ${sourceTitle(plan.source)}: run ${runId} of the fleet works on the host`,
    { details: { runId, plan: digest } },
  );
}
