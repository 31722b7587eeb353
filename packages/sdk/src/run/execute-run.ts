import { rmSync } from "node:fs";
import { join } from "node:path";
import { cancelledError, type JsonObject, SampanError } from "@sampan/core";
import { from } from "rxjs";
import { cloudKey } from "../cloud/choose-cloud.ts";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import { sourceTitle } from "../plan/sources.ts";
import { assertSourceUnchanged } from "./assert-source.ts";
import { serveControl } from "./control/control-server.ts";
import type { Execution } from "./create-handle.ts";
import { driveRun } from "./drive-run.ts";
import { openEarlierRun } from "./earlier-run.ts";
import { EventLog } from "./event-log.ts";
import { foldRun } from "./fold-run.ts";
import { assertNotHandedOver } from "./handed-over.ts";
import { type Journal, makeRunFolder, openJournal } from "./journal.ts";
import { type ProcessLock, takeLock } from "./process-lock.ts";
import { loadRefresh, type Refresh, refreshedPlan, saveRefresh } from "./refresh.ts";
import { isDone, lastStage } from "./run-extent.ts";
import type { ServiceSurroundings } from "./run-services.ts";
import {
  cancelPath,
  hostLockPath,
  loadPlan,
  originPointer,
  type RunPointer,
  runExists,
  runFolder,
  runPointer,
  savePlan,
  writePointer,
} from "./run-store.ts";
import type { Pipeline } from "./stage-definition.ts";

/** Where a run is executed. */
export type RunEnvironment = ServiceSurroundings;

/** Which run is executed, and how far. */
export interface RunRequest {
  readonly runId: string;
  /** Needed for a run that is new. */
  readonly plan: Plan | undefined;
  /** For a run that is new and refreshes another. */
  readonly refresh?: Refresh;
  /** Where the plan comes from; remembered. */
  readonly origin?: string;
  /** What is to be told when the run has started. */
  readonly note?: string;
  readonly through: string | undefined;
  readonly signal: AbortSignal;
  /** How long is waited; as long as it takes when absent. */
  readonly deadlineMs?: number | undefined;
}

/** A run whose host is locked for it, and what was found out about it before. */
export interface ClaimedRun {
  readonly plan: Plan;
  readonly keys: readonly string[];
  readonly lastKey: number;
  readonly pointer: RunPointer;
  readonly hostLock: ProcessLock;
}

/** Checks what was asked and locks the host for it, at once: of two starts at the same moment one gets it. */
export function claimRun(
  environment: Pick<RunEnvironment, "home" | "cloud">,
  request: Omit<RunRequest, "signal">,
  pipeline: Pipeline<Plan, unknown>,
): ClaimedRun {
  const { home, cloud } = environment;
  // Everything that can be wrong with what was asked is found before anything is made.
  const plan = knownPlan(home, request);
  const keys = pipeline.keys(plan);
  const lastKey = lastStage(pipeline, keys, request.through);
  const pointer = runPointer(home, planFingerprint(plan), cloudKey(cloud));
  const work = { runId: request.runId, plan: pointer.digest };
  const hostLock = takeLock(hostLockPath(home, plan), `host ${sourceTitle(plan.source)}`, work);
  return { plan, keys, lastKey, pointer, hostLock };
}

/**
 * Opens a run, new or known, and sets it going; what it gives arrives once the run is locked and its journal is open.
 *
 * A run that already did everything asked for gives its recorded events and result without being started.
 */
export async function executeRun(
  environment: RunEnvironment,
  request: RunRequest,
  pipeline: Pipeline<Plan, unknown>,
  claimed: ClaimedRun = claimRun(environment, request, pipeline),
): Promise<Execution> {
  const { home, clock } = environment;
  const { runId } = request;
  const folder = runFolder(home, runId);
  const { plan, keys, lastKey, pointer } = claimed;
  // The host's lock comes first: a start that is refused leaves no run behind.
  const locks: ProcessLock[] = [claimed.hostLock];
  let journal: Journal | undefined;
  const release = async (): Promise<void> => {
    await journal?.close();
    for (const lock of locks.reverse()) lock.release();
  };
  try {
    makeRunFolder(folder, home);
    locks.push(takeLock(join(folder, "lock"), `run ${runId}`, { runId, plan: pointer.digest }));
    // Before the pointers: whoever starts the plan later must not be led to a run that is not the home's any more.
    assertNotHandedOver(home, runId, `taking run ${runId} up`);
    if (!runExists(home, runId)) {
      if (request.refresh !== undefined) saveRefresh(home, runId, request.refresh);
      savePlan(home, runId, plan);
    }
    const refresh = loadRefresh(home, runId);
    const earlier = refresh === undefined ? undefined : openEarlierRun(home, refresh.of);
    writePointer(pointer, runId);
    if (request.origin !== undefined)
      writePointer(originPointer(home, request.origin, plan, cloudKey(environment.cloud)), runId);
    journal = await openJournal(folder);
    const record = foldRun(journal.events);
    if (isDone(record, keys, lastKey)) {
      await assertSourceUnchanged(environment.openHost, plan, record, runId);
      await release();
      return { events: from(journal.events), result: Promise.resolve(record.result as JsonObject) };
    }
    rmSync(cancelPath(home, runId), { force: true });
    const log = new EventLog(journal, runId, clock);
    const others = new AbortController();
    const control = await serveControl({
      folder,
      runId,
      log,
      cancel: (reason) => others.abort(cancelledError(reason)),
    });
    const signal = AbortSignal.any([request.signal, others.signal]);
    const run = {
      environment,
      request: { ...request, signal },
      fingerprint: planFingerprint(plan),
      plan: refreshedPlan(plan, refresh),
      keys,
      lastKey,
      record,
      log,
      folder,
      ...(earlier && { earlier }),
    };
    const result = driveRun(run, pipeline).finally(async () => {
      control?.close();
      await release();
      await log.close();
    });
    result.catch(() => undefined);
    return { events: log.events, result };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The plan of the run as it was started, or as it is to be. */
function knownPlan(home: string, request: Omit<RunRequest, "signal">): Plan {
  const { runId } = request;
  if (!runExists(home, runId)) {
    if (request.plan === undefined)
      throw new SampanError("RUN_NOT_FOUND", `looking for run ${runId} in ${home}`);
    return request.plan;
  }
  const plan = loadPlan(home, runId);
  if (request.plan !== undefined && planFingerprint(request.plan) !== planFingerprint(plan)) {
    throw new SampanError("PLAN_INVALID", `run ${runId} was started with another plan`, {
      hint: "Start a new run for a changed plan.",
    });
  }
  return plan;
}
