import { asSampanError, type ErrorRecord, isSampanError, type RunEvent, toErrorRecord } from "@sampan/core";
import type { FleetEvent, HostOutcome } from "@sampan/fleet";
import type { FleetRunner, StoredRunStatus } from "@sampan/fleet/engine";
import { Observable, type Subscriber } from "rxjs";
import { fleetNames } from "./fleet-names.ts";
import { anySite } from "./plan-hosts.ts";

/** What runs stand under that were started by themselves, and are of no wave. */
const noWave = "store";

/**
 * Runs of a store told as a fleet: in the waves they were started in, those begun first in front. Hosts that have no run yet are not among
 * them: whoever drives the fleet alone knows those. Completes when all runs have ended; unsubscribing leaves them.
 */
export function watchRuns(
  runner: Pick<FleetRunner, "events">,
  runs: readonly StoredRunStatus[],
): Observable<FleetEvent> {
  return new Observable((subscriber) => {
    const leaving = new AbortController();
    follow(runner, wavesOf(runs), subscriber, leaving.signal).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => leaving.abort();
  });
}

type NamedRun = Pick<StoredRunStatus, "runId" | "startedAt"> & {
  readonly host: string;
  readonly site: string;
};

interface WatchedWave {
  readonly wave: string;
  readonly runs: readonly NamedRun[];
}

/** What the host of a run is called: as in its inventory, else as its plan says. */
export function hostName({ host, title }: Pick<StoredRunStatus, "host" | "title">): string {
  return host?.name ?? title;
}

/** The waves of runs, each run with a name of its own: its host's, and its id where another has that too. */
function wavesOf(runs: readonly StoredRunStatus[]): readonly WatchedWave[] {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(hostName(run), (counts.get(hostName(run)) ?? 0) + 1);
  const nameOf = fleetNames(runs.flatMap(({ host }) => host ?? []));
  const fleets = new Set(runs.flatMap(({ host }) => (host === null ? [] : nameOf(host))));
  const waves = new Map<string, NamedRun[]>();
  const inTime = [...runs].sort((a, b) => compare(a.startedAt, b.startedAt) || compare(a.runId, b.runId));
  for (const run of inTime) {
    const { host, site, runId, startedAt } = run;
    const name = hostName(run);
    const wave = host === null ? noWave : fleets.size > 1 ? `${nameOf(host)} ${host.wave}` : host.wave;
    const named = {
      host: counts.get(name) === 1 ? name : `${name} ${runId}`,
      site: site ?? anySite,
      ...{ runId, startedAt },
    };
    waves.set(wave, [...(waves.get(wave) ?? []), named]);
  }
  return [...waves].map(([wave, members]) => ({ wave, runs: members }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function follow(
  runner: Pick<FleetRunner, "events">,
  waves: readonly WatchedWave[],
  subscriber: Subscriber<FleetEvent>,
  signal: AbortSignal,
): Promise<void> {
  const at = (): string => new Date().toISOString();
  subscriber.next({
    type: "fleet.started",
    at: at(),
    waves: waves.map(({ wave, runs }) => ({ wave, hosts: runs.map(({ host, site }) => ({ host, site })) })),
  });
  const all = noOutcomes();
  await Promise.all(
    waves.map(async ({ wave, runs }) => {
      subscriber.next({ type: "wave.started", at: at(), wave, canaries: [] });
      const outcomes = noOutcomes();
      await Promise.all(
        runs.map(async (run) => {
          const outcome = await followRun(runner, run, wave, subscriber, signal);
          if (outcome === undefined) return;
          outcomes[outcome]++;
          all[outcome]++;
        }),
      );
      if (!signal.aborted) subscriber.next({ type: "wave.finished", at: at(), wave, outcomes });
    }),
  );
  if (!signal.aborted) subscriber.next({ type: "fleet.finished", at: at(), outcomes: all });
}

/** Tells of one run until it has ended; `undefined` when the watcher left before. */
async function followRun(
  runner: Pick<FleetRunner, "events">,
  { host, site, runId, startedAt }: NamedRun,
  wave: string,
  subscriber: Subscriber<FleetEvent>,
  signal: AbortSignal,
): Promise<HostOutcome | undefined> {
  const at = (): string => new Date().toISOString();
  subscriber.next({ type: "host.started", at: at(), host, wave, site, runId, attached: true });
  let last: RunEvent | undefined;
  let gone: ErrorRecord | null = null;
  try {
    for await (const event of runner.events(runId, signal)) {
      last = event;
      subscriber.next({ type: "host.run", at: event.at, host, event });
    }
  } catch (error) {
    if (signal.aborted || isSampanError(error, "CORE_CANCELLED")) return undefined;
    // One run that was removed meanwhile, or that nobody works on any more, is no end of the others.
    if (!isSampanError(error, "RUN_NOT_FOUND") && !isSampanError(error, "RUN_INTERRUPTED"))
      throw asSampanError(error);
    gone = toErrorRecord(error);
  }
  const outcome = outcomeOf(last);
  const error = last?.type === "run.failed" ? last.error : gone;
  const tookMs = Math.max(0, Date.parse(last?.at ?? startedAt) - Date.parse(startedAt)) || 0;
  subscriber.next({ type: "host.finished", at: at(), host, runId, outcome, error, because: null, tookMs });
  return outcome;
}

function noOutcomes(): Record<HostOutcome, number> {
  return { done: 0, warnings: 0, failed: 0, cancelled: 0, skipped: 0 };
}

function outcomeOf(last: RunEvent | undefined): HostOutcome {
  if (last?.type === "run.finished") return last.warnings > 0 ? "warnings" : "done";
  return last?.type === "run.cancelled" ? "cancelled" : "failed";
}
