import { setMaxListeners } from "node:events";
import { type Clock, type JsonObject, type RunEvent, systemClock } from "@sampan/core";
import type { CloudChoice, Plan, RunHandle } from "@sampan/sdk";
import {
  assertDeadline,
  attachRun,
  createHandle,
  createRunId,
  migrationPipeline,
  type Pipeline,
} from "@sampan/sdk/engine";
import { adoptRun } from "./adopt-run.ts";
import { type BegunRun, beginRun, resumeRun } from "./begin-run.ts";
import { FleetIndex } from "./fleet-index.ts";
import type { FleetRunner, FleetStartOptions, OpenedRun } from "./fleet-runner.ts";
import { keptRuns } from "./kept-runs.ts";
import type { RunnerContext } from "./runner-context.ts";
import { SignalListener, SignalSender } from "./signals.ts";
import { drainSite, siteStatuses } from "./site-status.ts";
import { stopRun } from "./stop-run.ts";
import type { FleetStore } from "./store/store.ts";
import { storeArtifacts } from "./store-artifacts.ts";
import { openFleetStore, type StoreChoice } from "./store-choice.ts";
import { StoredRuns } from "./stored-runs.ts";
import { sweepStore } from "./sweep-store.ts";
import { watchRun } from "./watch-run.ts";

/** What {@link createFleetRunner} is made from. */
export interface FleetRunnerOptions {
  readonly store: StoreChoice;
  /** Cloud of the runs it starts; a rehearsal needs a simulator that listens. */
  readonly cloud: CloudChoice;
  /** The pipeline of the runs it starts. Default: that of migrations. */
  readonly pipeline?: Pipeline<Plan, unknown>;
  readonly clock?: Clock;
}

/** A runner whose store is open. */
interface Opened extends RunnerContext {
  readonly heard: SignalListener;
  /** Aborts when it is closed. */
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

/**
 * Makes the runner whose runs live in a store that many machines share; they are worked on by those that started a worker
 * (`startFleetWorker`), and go on when this process ends.
 *
 * Nothing is opened until a method is called. What cannot be opened is told by the first call.
 */
export function createFleetRunner(options: FleetRunnerOptions): FleetRunner {
  const { clock = systemClock, pipeline = migrationPipeline, cloud } = options;
  let opening: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    if (opening !== undefined) return opening;
    const mine = openRunner(options.store, { clock, pipeline, cloud });
    opening = mine;
    // One that is not there yet may be there when it is asked for again. By then another may have been opened.
    mine.catch(() => {
      if (opening === mine) opening = undefined;
    });
    return mine;
  };

  /** Follows a run that was begun, or is gone on with, as it was decided when the store was asked. */
  const follow = (
    start: Pick<FleetStartOptions, "signal" | "deadlineMs">,
    runId: string,
    begin: (at: Opened) => Promise<BegunRun>,
  ): OpenedRun => {
    const known = { id: runId, attached: false };
    const begun = (async () => {
      assertDeadline(start.deadlineMs);
      const at = await open();
      const run = await begin(at);
      known.id = run.runId;
      known.attached = run.attached;
      return { at, run };
    })();
    // Who asked is told by the handle's result.
    const settled = begun.then(() => undefined);
    settled.catch(() => undefined);
    const handle = createHandle(runId, start.signal, async (signal) => {
      const { at, run } = await begun;
      const { runId: id, attached } = run;
      const cancel = (reason: string) => cancelRun(at, id, reason);
      const watch = (until: AbortSignal) => watchRun(at, id, until);
      // A deadline ends the run that was started here, by whoever works on it, and only the following of one that was going on.
      const deadlineMs = attached ? start.deadlineMs : undefined;
      return attachRun({ runId: id, watch, cancel }, signal, { deadlineMs, clock });
    });
    const live = {
      get id() {
        return known.id;
      },
      get attached() {
        return known.attached;
      },
      events: handle.events,
      get result() {
        return handle.result;
      },
      cancel: (reason?: string) => handle.cancel(reason),
      // biome-ignore lint/suspicious/noThenProperty: a run that has been started is awaited safely; a plan never is.
      then: handle.then.bind(handle),
    } as RunHandle<JsonObject>;
    return { handle: live, begun: settled };
  };

  const begin = (plan: Plan, start: FleetStartOptions): OpenedRun => {
    const runId = start.runId ?? createRunId(clock.now());
    return follow(start, runId, (at) => beginRun(at, plan, start, runId));
  };

  return {
    start: (plan, start = {}) => begin(plan, start).handle,
    async submit(plan, start = {}) {
      const { handle, begun } = begin(plan, start);
      await begun;
      return { handle };
    },
    resume: (runId, start = {}) => follow(start, runId, (at) => resumeRun(at, runId, start)).handle,
    async status(runId) {
      return (await open()).runs.status(runId);
    },
    async list() {
      return (await open()).runs.list();
    },
    async plan(runId) {
      return (await (await open()).runs.get(runId)).data.plan;
    },
    async recorded(runId) {
      return (await open()).runs.recorded(runId);
    },
    async *events(runId, signal): AsyncGenerator<RunEvent> {
      yield* watchRun(await open(), runId, signal);
    },
    async cancel(runId, reason) {
      await cancelRun(await open(), runId, reason ?? "on request");
    },
    async waitsFor(runId) {
      return (await open()).runs.waitsFor(runId);
    },
    async artifact(runId, name) {
      const { runs, store } = await open();
      await runs.get(runId);
      return storeArtifacts(store, runId).load(name);
    },
    async sites() {
      return siteStatuses(await open());
    },
    async drain(site, drained) {
      await drainSite(await open(), site, drained);
    },
    async adopt(runId, home, start = {}) {
      await adoptRun(await open(), runId, home, start);
    },
    async kept(runIds) {
      return keptRuns(await open(), runIds);
    },
    async forget(runId, also = {}) {
      return (await open()).runs.forget(runId, also);
    },
    async sweep() {
      return sweepStore(await open(), clock.now());
    },
    async close() {
      const closing = opening;
      opening = undefined;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}

async function cancelRun(at: Opened, runId: string, reason: string): Promise<void> {
  await stopRun(at, await at.runs.get(runId), { kind: "cancel", reason: reason.slice(0, 500) });
}

/** What hears of runs; the store is let go of where there can be none. */
async function listenerOf(store: FleetStore, close: () => Promise<void>): Promise<SignalListener> {
  try {
    return new SignalListener(store);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openRunner(
  choice: StoreChoice,
  made: Pick<RunnerContext, "clock" | "pipeline" | "cloud">,
): Promise<Opened> {
  const { store, close } = await openFleetStore(choice);
  const index = new FleetIndex(store);
  const heard = await listenerOf(store, close);
  const closing = new AbortController();
  // Whoever follows a run listens, and hundreds are followed at once.
  setMaxListeners(0, closing.signal);
  return {
    ...made,
    store,
    index,
    heard,
    closed: closing.signal,
    signals: new SignalSender(store),
    runs: new StoredRuns(store, index, made.pipeline.version),
    async close() {
      // Whoever follows a run is told that it is left, and asks no more.
      closing.abort();
      await heard.close();
      await close();
    },
  };
}
