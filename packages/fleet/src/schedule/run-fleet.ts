import {
  asSampanError,
  type Clock,
  cancelledError,
  type ErrorRecord,
  type JsonObject,
  SampanError,
  systemClock,
} from "@sampan/core";
import type { RunHandle } from "@sampan/sdk";
import { Observable, Subject } from "rxjs";
import type { FleetEvent, HostOutcome } from "../fleet-event.ts";
import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { endingOf, followRun, type RunEnding } from "./follow-run.ts";
import { wholePolicy } from "./policy.ts";
import { type Act, createSchedule, type EarlierRun, noOutcomes } from "./schedule.ts";

/** How {@link runFleet} is told. */
export interface RunFleetOptions {
  /**
   * Starts the run of a host, or goes on with it: `runner.start(plan, { site })` of whichever runner. A finished run has to give its
   * result again, one that is worked on has to be attached to. What it throws counts as the failure of this host.
   *
   * A runner that has to ask a store first gives the handle in an object, once it is known which run it is (`runner.submit`).
   */
  readonly start: (
    migration: FleetMigration,
  ) => RunHandle<JsonObject> | Promise<{ readonly handle: RunHandle<JsonObject> }>;
  /**
   * What is left of an earlier drive of the same fleet. Such hosts are taken up as soon as their wave begins, whatever the canaries,
   * limits and blackouts: nothing new begins by that. Without it they are started like the others, in their turn.
   */
  readonly earlier?: (migration: FleetMigration) => EarlierRun | undefined;
  /** Cancels the runs under way when it aborts, and begins no more. */
  readonly signal?: AbortSignal;
  /**
   * Leaves the fleet when it aborts: no host is begun any more, and none is cancelled. What goes on goes on where others work on it; what
   * a store is being asked for is waited for. `result` then has the hosts that had ended, and `events` complete without `fleet.finished`.
   */
  readonly leave?: AbortSignal;
  readonly clock?: Clock;
}

/** How the migration of a host ended. */
export interface HostEnding {
  readonly host: string;
  readonly wave: string;
  readonly site: string;
  /** `null` when it came to no run. */
  readonly runId: string | null;
  readonly outcome: HostOutcome;
  /** What ended it; `null` unless it failed. */
  readonly error: ErrorRecord | null;
  /** Why it was skipped; `null` unless it was. */
  readonly because: string | null;
  readonly tookMs: number;
}

/** How a fleet ended. */
export interface FleetEnding {
  readonly outcomes: Readonly<Record<HostOutcome, number>>;
  /** In the order they ended in. */
  readonly hosts: readonly HostEnding[];
}

/** A fleet under way. */
export interface FleetRun {
  /**
   * What happens, in order. Whoever subscribes late gets what was before first, without the events of the runs, which the runner keeps.
   * Completes after `fleet.finished`, or when the fleet is left. Unsubscribing ends nothing.
   */
  readonly events: Observable<FleetEvent>;
  /** Rejects only by a fault of Sampan: what failed stands in it. */
  readonly result: Promise<FleetEnding>;
}

/** A moment that lies far ahead is not slept for at once: a machine that sleeps, or whose clock is set, is late by no more than this. */
const longestSleepMs = 300_000;

/**
 * Migrates a fleet: begins each host when its turn has come, follows its run, and tells what happens. It begins before this returns to
 * the event loop; whoever subscribes to `events` at once misses nothing.
 *
 * @throws `FLEET_POLICY_INVALID` and `FLEET_ORDER_IMPOSSIBLE` before anything is begun.
 */
export function runFleet(
  migrations: readonly FleetMigration[],
  policy: FleetPolicy,
  options: RunFleetOptions,
): FleetRun {
  const { clock = systemClock, signal, leave, start, earlier } = options;
  const hosts = migrations.map(({ host }) => host);
  const whole = wholePolicy(policy, new Set(hosts.map(({ site }) => site)), clock.now());
  const schedule = createSchedule(hosts, whole, (host) => earlier?.(migrations[host] as FleetMigration));
  const log = createFleetLog(clock);
  const endings: HostEnding[] = [];
  const running = new Map<number, RunHandle<JsonObject>>();
  /** Hosts whose run a store is being asked for. */
  const opening = new Set<number>();
  const bell = createBell();
  const hostAt = (index: number) => (migrations[index] as FleetMigration).host;

  const end = (
    index: number,
    runId: string | null,
    ending: Omit<HostEnding, "host" | "wave" | "site" | "runId">,
  ): void => {
    const { name, wave, site } = hostAt(index);
    endings.push({ host: name, wave, site, runId, ...ending });
    log.tell({ type: "host.finished", host: name, runId, ...ending });
  };
  const endRun = (index: number, runId: string | null, ending: RunEnding, tookMs: number): void => {
    running.delete(index);
    end(index, runId, { ...ending, because: null, tookMs: Math.round(tookMs) });
    schedule.ended(index, ending.outcome);
    bell.ring();
  };
  const begin = (index: number): void => {
    const beganMs = clock.monotonic();
    let started: ReturnType<RunFleetOptions["start"]>;
    try {
      started = start(migrations[index] as FleetMigration);
    } catch (error) {
      endRun(index, null, endingOf(error), 0);
      return;
    }
    if ("events" in started) {
      follow(index, started, beganMs);
      return;
    }
    opening.add(index);
    started
      .then(
        ({ handle }) => {
          opening.delete(index);
          follow(index, handle, beganMs);
          if (leave?.aborted) bell.ring();
        },
        (error: unknown) => {
          opening.delete(index);
          endRun(index, null, endingOf(error), clock.monotonic() - beganMs);
        },
      )
      .catch(bell.fail);
  };
  const follow = (index: number, handle: RunHandle<JsonObject>, beganMs: number): void => {
    const { name: host, wave, site } = hostAt(index);
    running.set(index, handle);
    log.tell({ type: "host.started", host, wave, site, runId: handle.id, attached: handle.attached });
    if (signal?.aborted) handle.cancel(reasonOf(signal));
    followRun(handle, (event) => log.tell({ type: "host.run", host, event }))
      .then((ending) => endRun(index, handle.id, ending, clock.monotonic() - beganMs))
      .catch(bell.fail);
  };
  const perform = (act: Act): void => {
    switch (act.type) {
      case "begin-wave":
        log.tell({
          type: "wave.started",
          wave: act.wave,
          canaries: act.canaries.map((host) => hostAt(host).name),
        });
        break;
      case "start":
        begin(act.host);
        break;
      case "skip":
        end(act.host, null, { outcome: "skipped", error: null, because: act.because, tookMs: 0 });
        break;
      case "stop-wave":
        log.tell({ ...act, type: "wave.stopped" });
        break;
      case "end-wave":
        log.tell({ ...act, type: "wave.finished" });
        break;
      case "pause":
        log.tell({ type: "site.paused", site: act.site, until: new Date(act.untilMs).toISOString() });
        break;
      case "resume":
        log.tell({ type: "site.resumed", site: act.site });
        break;
    }
  };
  const onAbort = (): void => {
    schedule.cancel();
    for (const handle of [...running.values()]) handle.cancel(reasonOf(signal));
    bell.ring();
  };

  const drive = async (): Promise<FleetEnding> => {
    // The caller gets the events to look at first.
    await Promise.resolve();
    const waves = schedule.waves.map((wave) => ({
      wave: wave.name,
      hosts: wave.hosts.map((index) => ({ host: hostAt(index).name, site: hostAt(index).site })),
    }));
    log.tell({ type: "fleet.started", waves });
    for (;;) {
      if (leave?.aborted) {
        if (opening.size === 0) return ending();
        await bell.wait(clock, null);
        continue;
      }
      const { acts, wakeAtMs, finished } = schedule.decide(clock.now());
      for (const act of acts) perform(act);
      if (finished) break;
      if (running.size + opening.size === 0 && wakeAtMs === null && !bell.isRung) {
        throw new SampanError(
          "CORE_INTERNAL",
          "migrating a fleet: hosts are left that nothing will ever begin",
        );
      }
      await bell.wait(clock, wakeAtMs);
    }
    const ended = ending();
    log.tell({ type: "fleet.finished", outcomes: ended.outcomes });
    return ended;
  };
  const ending = (): FleetEnding => {
    const outcomes = noOutcomes();
    for (const { outcome } of endings) outcomes[outcome]++;
    return { outcomes, hosts: [...endings] };
  };

  if (signal?.aborted) schedule.cancel();
  else signal?.addEventListener("abort", onAbort, { once: true });
  leave?.addEventListener("abort", bell.ring, { once: true });
  const result = drive().finally(() => {
    signal?.removeEventListener("abort", onAbort);
    leave?.removeEventListener("abort", bell.ring);
    log.close();
  });
  // Whoever only watches must not meet an unhandled rejection.
  result.catch(() => undefined);
  return { events: log.events, result };
}

function reasonOf(signal: AbortSignal | undefined): string {
  const { details, message } = asSampanError(cancelledError(signal?.reason));
  return typeof details.reason === "string" ? details.reason : message;
}

type FleetEventBody = FleetEvent extends infer E ? (E extends FleetEvent ? Omit<E, "at"> : never) : never;

/** Dates the events of a fleet and keeps those that are its own. */
function createFleetLog(clock: Clock) {
  const kept: FleetEvent[] = [];
  const live = new Subject<FleetEvent>();
  const events = new Observable<FleetEvent>((subscriber) => {
    for (const event of [...kept]) subscriber.next(event);
    return live.subscribe(subscriber);
  });
  return {
    events,
    tell(body: FleetEventBody): void {
      const event = { ...body, at: new Date(clock.now()).toISOString() } as FleetEvent;
      if (event.type !== "host.run") kept.push(event);
      live.next(event);
    },
    close: () => live.complete(),
  };
}

/** What the driver waits for between two decisions: that something ended, or a moment. */
function createBell() {
  let rung = false;
  let fault: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;
  const ring = (): void => {
    rung = true;
    wake();
  };
  return {
    get isRung() {
      return rung;
    },
    ring,
    fail(error: unknown): void {
      fault ??= { error };
      ring();
    },
    async wait(clock: Clock, untilMs: number | null): Promise<void> {
      const sleeping = new AbortController();
      const rings = new Promise<void>((resolve) => {
        wake = resolve;
        if (rung) resolve();
      });
      const waits = [rings];
      if (untilMs !== null && !rung) {
        const ms = Math.min(Math.max(0, untilMs - clock.now()), longestSleepMs);
        waits.push(clock.sleep(ms, sleeping.signal).catch(() => undefined));
      }
      await Promise.race(waits);
      sleeping.abort();
      rung = false;
      if (fault !== undefined) throw fault.error;
    },
  };
}
