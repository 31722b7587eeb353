import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BandwidthBudget } from "@sampan/cloud";
import {
  type Clock,
  isSampanError,
  type JsonObject,
  type Random,
  type RunEvent,
  SampanError,
  systemClock,
} from "@sampan/core";
import { type CloudChoice, cloudKey } from "../cloud/choose-cloud.ts";
import { connectCloud } from "../cloud/connect-cloud.ts";
import { migrationPipeline } from "../pipeline/migration-pipeline.ts";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import type { SourceSpec } from "../plan/sources.ts";
import { attachRun } from "./attach-run.ts";
import { changedPlanNote } from "./changed-plan.ts";
import { askControl } from "./control/control-client.ts";
import { createHandle } from "./create-handle.ts";
import { assertDeadline } from "./deadline.ts";
import { type ClaimedRun, claimRun, executeRun, type RunRequest } from "./execute-run.ts";
import { readJournal } from "./journal.ts";
import { openHost } from "./open-host.ts";
import { type LockedWork, lockedWork } from "./process-lock.ts";
import type { AskSecret } from "./read-secret.ts";
import { chooseRefresh } from "./refresh.ts";
import type { RunHandle } from "./run-handle.ts";
import { createRunId, isRunId } from "./run-id.ts";
import { listedStatus, runStatus } from "./run-status.ts";
import {
  hostLockPath,
  loadPlan,
  originPointer,
  requestCancel,
  runExists,
  runFolder,
  runPointer,
} from "./run-store.ts";
import type { Runner, StartOptions } from "./runner.ts";
import type { Pipeline, Services } from "./stage-definition.ts";
import { watchRun } from "./watch-run.ts";

/** What {@link createEmbeddedRunner} is made from. */
export interface EmbeddedRunnerOptions {
  /** Folder that holds the journals (`runs/`), locks and the built-in simulator's state. Made when it is not there. */
  readonly home: string;
  readonly cloud: CloudChoice;
  readonly clock?: Clock;
  readonly random?: Random;
  /** What the uploads of its runs may send together, and those of other runners that are given the same. */
  readonly bandwidth?: BandwidthBudget;
  /** Asks for passwords whose source says `"ask"`; without it such a source is refused. */
  readonly ask?: AskSecret;
  /** The path its plans take. Default: that of migrations. */
  readonly pipeline?: Pipeline<Plan, unknown>;
  /** Replaces what stages reach, for tests. */
  readonly services?: Partial<Pick<Services, "openHost">> & { readonly connect?: typeof connectCloud };
}

/**
 * Makes the runner that needs no server: each run is executed in this process and recorded in a journal.
 *
 * Nothing is opened until a method is called. Several processes may share a home; one works on a run, and on a host, at
 * a time.
 */
export function createEmbeddedRunner(options: EmbeddedRunnerOptions): Runner {
  const { home, cloud, clock = systemClock, random = Math.random, pipeline = migrationPipeline } = options;
  const services = {
    openHost:
      options.services?.openHost ??
      ((source: SourceSpec) => openHost(source, options.ask === undefined ? {} : { ask: options.ask })),
    connect: options.services?.connect ?? connectCloud,
  };

  const shared = options.bandwidth === undefined ? {} : { bandwidth: options.bandwidth };
  const environment = { home, cloud, clock, random, ...shared, ...services };

  const watch = (runId: string, plan: Plan, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> => {
    const folder = runFolder(home, runId);
    // The host is locked before there is anything of the run.
    const isWorkedOn = (): boolean =>
      [join(folder, "lock"), hostLockPath(home, plan)].some((path) => lockedWork(path)?.runId === runId);
    return watchRun(folder, isWorkedOn, clock, signal);
  };
  const cancel = async (runId: string, reason: string): Promise<void> => {
    const answer = await askControl(runFolder(home, runId), { kind: "cancel", reason: reason.slice(0, 500) });
    // Whoever does not answer looks for a file.
    if (answer?.kind !== "cancelling") requestCancel(home, runId, reason);
  };

  /** Starts a run, or attaches to it where it is being worked on and that is what the caller `wants`. */
  const begin = (
    runId: string,
    plan: Plan,
    wants: (work: LockedWork) => boolean,
    start: StartOptions,
    more: Pick<RunRequest, "refresh" | "note"> = {},
  ): RunHandle<JsonObject> => {
    const { through, origin, deadlineMs } = start;
    assertDeadline(deadlineMs);
    const request = {
      runId,
      plan,
      through,
      deadlineMs,
      ...(origin === undefined ? {} : { origin }),
      ...more,
    };
    let claimed: ClaimedRun | undefined;
    let refused: unknown;
    try {
      claimed = claimRun(environment, request, pipeline);
    } catch (error) {
      refused = error;
    }
    const going = claimed === undefined ? lockedBy(refused) : undefined;
    if (going !== undefined && wants(going)) {
      const other = going.runId;
      const run = {
        runId: other,
        watch: (signal: AbortSignal) => watch(other, plan, signal),
        cancel: (reason: string) => cancel(other, reason),
      };
      return createHandle(
        other,
        start.signal,
        async (signal) => attachRun(run, signal, { deadlineMs, clock }),
        true,
      );
    }
    return createHandle(runId, start.signal, async (signal) => {
      if (claimed === undefined) throw refused;
      return executeRun(environment, { ...request, signal }, pipeline, claimed);
    });
  };

  /** The run of the plan that came from the same place before it was changed, and what to say of it. */
  const beforeChange = (plan: Plan, { origin, refresh }: StartOptions) => {
    const last = origin === undefined ? undefined : originPointer(home, origin, plan, cloudKey(cloud)).read();
    const note = last === undefined ? undefined : changedPlanNote(home, plan, last, refresh === true);
    return { last, ...(note === undefined ? {} : { note }) };
  };

  /** Starts a refresh. One that cannot be is told as any run that could not be opened: by the handle's result. */
  const beginRefresh = (
    plan: Plan,
    known: string | undefined,
    start: StartOptions,
  ): RunHandle<JsonObject> => {
    const runId = start.runId ?? createRunId(clock.now());
    try {
      assertRefreshable(start);
      const itself = (id: string) => (work: LockedWork) => work.runId === id;
      if (runExists(home, runId)) return begin(runId, plan, itself(runId), start);
      const { last, ...note } = known === undefined ? beforeChange(plan, start) : { last: known };
      const chosen = chooseRefresh({ home, plan, last, imageName: start.imageName });
      return "resume" in chosen
        ? begin(chosen.resume, plan, itself(chosen.resume), start)
        : begin(runId, plan, itself(runId), start, { refresh: chosen.refresh, ...note });
    } catch (error) {
      return createHandle(runId, start.signal, () => Promise.reject(error));
    }
  };

  return {
    start(plan, start = {}) {
      const pointer = runPointer(home, planFingerprint(plan), cloudKey(cloud));
      if (start.refresh || start.imageName !== undefined) {
        if (start.runId !== undefined) assertRunId(start.runId);
        return beginRefresh(plan, pointer.read(), start);
      }
      const known = pointer.read();
      const runId = start.runId ?? (start.again ? undefined : known) ?? createRunId(clock.now());
      assertRunId(runId);
      const wants = (work: LockedWork): boolean =>
        work.plan === pointer.digest &&
        (start.runId === undefined ? !start.again : start.runId === work.runId);
      const isNew = known === undefined && !runExists(home, runId);
      const { note } = isNew ? beforeChange(plan, start) : {};
      return begin(runId, plan, wants, start, note === undefined ? {} : { note });
    },
    resume(runId, start = {}) {
      assertRunId(runId);
      return begin(runId, loadPlan(home, runId), (work) => work.runId === runId, start);
    },
    async status(runId) {
      assertRunId(runId);
      loadPlan(home, runId);
      return runStatus(home, runId);
    },
    async list() {
      return runIds(home).map((runId) => listedStatus(home, runId));
    },
    async plan(runId) {
      assertRunId(runId);
      return loadPlan(home, runId);
    },
    async recorded(runId) {
      assertRunId(runId);
      loadPlan(home, runId);
      return readJournal(runFolder(home, runId));
    },
    events(runId, signal) {
      assertRunId(runId);
      return watch(runId, loadPlan(home, runId), signal);
    },
    async cancel(runId, reason) {
      assertRunId(runId);
      loadPlan(home, runId);
      await cancel(runId, reason ?? "on request");
    },
  };
}

function assertRefreshable({ refresh, again, imageName }: StartOptions): void {
  if (refresh && again) {
    throw new SampanError(
      "CORE_ARGUMENT",
      "starting a run both as a refresh and all anew: only one is possible",
      {
        hint: "A refresh keeps what did not change; `again` reuses nothing.",
      },
    );
  }
  if (!refresh) {
    throw new SampanError(
      "CORE_ARGUMENT",
      `starting a run with the image name ${imageName}: only a refresh takes one`,
      {
        hint: "Name the image in the plan: `import({ name })`.",
      },
    );
  }
}

/** What the run does that keeps another from its host. */
function lockedBy(refused: unknown): LockedWork | undefined {
  if (!isSampanError(refused, "RUN_LOCKED")) return undefined;
  const { runId, plan } = refused.details;
  return typeof runId === "string" && typeof plan === "string" ? { runId, plan } : undefined;
}

function assertRunId(runId: string): void {
  if (!isRunId(runId))
    throw new SampanError("RUN_NOT_FOUND", `${JSON.stringify(runId)} cannot be the id of a run`);
}

/** Ids of all runs that have a plan, newest first. */
function runIds(home: string): readonly string[] {
  try {
    const names = readdirSync(join(home, "runs"));
    return names
      .filter((name) => isRunId(name) && runExists(home, name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}
