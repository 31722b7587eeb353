import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Clock, type JsonObject, type Random, SampanError, systemClock } from "@sampan/core";
import { type CloudChoice, cloudKey } from "../cloud/choose-cloud.ts";
import { connectCloud } from "../cloud/connect-cloud.ts";
import { migrationPipeline } from "../pipeline/migration-pipeline.ts";
import { type Plan, planFingerprint } from "../plan/plan.ts";
import type { SourceSpec } from "../plan/sources.ts";
import { createHandle } from "./create-handle.ts";
import { executeRun } from "./execute-run.ts";
import { followJournal } from "./follow-journal.ts";
import { journalReader, readJournal } from "./journal.ts";
import { openHost } from "./open-host.ts";
import { isLocked } from "./process-lock.ts";
import type { AskSecret } from "./read-secret.ts";
import { chooseRefresh, type Refresh } from "./refresh.ts";
import type { RunHandle } from "./run-handle.ts";
import { createRunId, isRunId } from "./run-id.ts";
import { listedStatus, runStatus } from "./run-status.ts";
import { loadPlan, requestCancel, runExists, runFolder, runPointer } from "./run-store.ts";
import type { Runner, StartOptions } from "./runner.ts";
import type { Services } from "./stage-definition.ts";

/** What {@link createEmbeddedRunner} is made from. */
export interface EmbeddedRunnerOptions {
  /** Folder that holds the journals (`runs/`), locks and the built-in simulator's state. Made when it is not there. */
  readonly home: string;
  readonly cloud: CloudChoice;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Asks for passwords whose source says `"ask"`; without it such a source is refused. */
  readonly ask?: AskSecret;
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
  const { home, cloud, clock = systemClock, random = Math.random } = options;
  const services = {
    openHost:
      options.services?.openHost ??
      ((source: SourceSpec) => openHost(source, options.ask === undefined ? {} : { ask: options.ask })),
    connect: options.services?.connect ?? connectCloud,
  };

  const begin = (
    runId: string,
    plan: Plan | undefined,
    start: StartOptions,
    refresh?: Refresh,
  ): RunHandle<JsonObject> =>
    createHandle(runId, start.signal, (signal) => {
      const environment = { home, cloud, clock, random, ...services };
      const request = { runId, plan, through: start.through, signal, ...(refresh && { refresh }) };
      return executeRun(environment, request, migrationPipeline);
    });

  /** Starts a refresh. One that cannot be is told as any run that could not be opened: by the handle's result. */
  const beginRefresh = (plan: Plan, last: string | undefined, start: StartOptions): RunHandle<JsonObject> => {
    const runId = start.runId ?? createRunId(clock.now());
    try {
      assertRefreshable(start);
      if (runExists(home, runId)) return begin(runId, plan, start);
      const chosen = chooseRefresh({ home, plan, last, imageName: start.imageName });
      return "resume" in chosen
        ? begin(chosen.resume, plan, start)
        : begin(runId, plan, start, chosen.refresh);
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
      const runId = start.runId ?? (start.again ? undefined : pointer.read()) ?? createRunId(clock.now());
      assertRunId(runId);
      return begin(runId, plan, start);
    },
    resume(runId, start = {}) {
      assertRunId(runId);
      loadPlan(home, runId);
      return begin(runId, undefined, start);
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
      loadPlan(home, runId);
      const folder = runFolder(home, runId);
      return followJournal(journalReader(folder), () => isLocked(join(folder, "lock")), clock, signal);
    },
    async cancel(runId, reason) {
      assertRunId(runId);
      loadPlan(home, runId);
      requestCancel(home, runId, reason ?? "on request");
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
