import type { HostOutcome } from "../fleet-event.ts";
import type { FleetHost } from "../fleet-host.ts";
import { siteClocks } from "./blackouts.ts";
import { orderWaves, type Wave } from "./order-waves.ts";
import type { WholePolicy } from "./policy.ts";
import { createSiteQueues } from "./site-queues.ts";

/** Something to be done or told now; hosts by their index in the fleet. */
export type Act =
  | { readonly type: "begin-wave"; readonly wave: string; readonly canaries: readonly number[] }
  | { readonly type: "start"; readonly host: number }
  | { readonly type: "skip"; readonly host: number; readonly because: string }
  | {
      readonly type: "stop-wave";
      readonly wave: string;
      readonly failed: number;
      readonly ended: number;
      readonly reason: string;
    }
  | {
      readonly type: "end-wave";
      readonly wave: string;
      readonly outcomes: Readonly<Record<HostOutcome, number>>;
    }
  | { readonly type: "pause"; readonly site: string; readonly untilMs: number }
  | { readonly type: "resume"; readonly site: string };

/** What is to be done at a moment. */
export interface Decision {
  /** In this order. */
  readonly acts: readonly Act[];
  /** When to decide again though nothing else has happened; `null` when only an end can change anything. */
  readonly wakeAtMs: number | null;
  /** Whether every host has ended. */
  readonly finished: boolean;
}

/** How the run of a host may end. */
export type RunEnd = Exclude<HostOutcome, "skipped">;

/**
 * Who of a fleet begins when. It does nothing and knows no clock: whoever drives it tells what ended and what time it is, and does what
 * is decided. A host that was decided to start counts as running until its end is told.
 */
export interface Schedule {
  readonly waves: readonly Wave[];
  decide(nowMs: number): Decision;
  ended(host: number, outcome: RunEnd): void;
  /** Nothing begins any more. What runs has to be ended by whoever started it. */
  cancel(): void;
}

/** What an earlier drive of the same fleet left of a host's run: it goes on, or it has finished and only has to be told. */
export type EarlierRun = "running" | "finished";

/** So many ended hosts tell something of the others; of fewer, one that fails soon would stop a wave of thousands. */
const fairSample = 20;

/** What an end is called in a reason. */
const spoken: Readonly<Record<HostOutcome, string>> = {
  done: "is done",
  warnings: "is done, with warnings",
  failed: "failed",
  cancelled: "was cancelled",
  skipped: "was skipped",
};

/** No host of any outcome. */
export function noOutcomes(): Record<HostOutcome, number> {
  return { done: 0, warnings: 0, failed: 0, cancelled: 0, skipped: 0 };
}

/**
 * Makes the schedule of a fleet.
 *
 * @throws `FLEET_ORDER_IMPOSSIBLE` as {@link orderWaves} does.
 */
export function createSchedule(
  hosts: readonly FleetHost[],
  policy: WholePolicy,
  earlier: (host: number) => EarlierRun | undefined = () => undefined,
): Schedule {
  const waves = orderWaves(hosts, policy.waves);
  const queues = createSiteQueues(policy, siteClocks(policy.blackouts));
  const { dependants, waitsFor } = dependenciesOf(hosts);
  const states = hosts.map((): "waiting" | "running" | "ended" => "waiting");
  const outcomes = new Map<number, HostOutcome>();
  /** How many that a host waits for have not ended well yet. */
  const open = waitsFor.map((list) => list.length);
  let acts: Act[] = [];
  let place = -1;
  let wave: CurrentWave | undefined;
  let stoppedWave: string | undefined;
  let isCancelled = false;

  const name = (host: number): string => hosts[host]?.name ?? "";
  const site = (host: number): string => hosts[host]?.site ?? "";
  const isBegun = (host: number): boolean => states[host] !== "waiting";

  const skip = (host: number, because: string): void => {
    if (states[host] !== "waiting" || wave === undefined) return;
    states[host] = "ended";
    outcomes.set(host, "skipped");
    wave.outcomes.skipped++;
    wave.left--;
    acts.push({ type: "skip", host, because });
  };
  /** Skips who waits for a host of this wave that did not end well, and who waits for those. */
  const skipDependants = (first: number): void => {
    const unwell = [first];
    for (let host = unwell.pop(); host !== undefined; host = unwell.pop()) {
      for (const other of dependants[host] ?? []) {
        if (states[other] !== "waiting" || !wave?.places.has(other)) continue;
        skip(other, `${name(host)} ${spoken[outcomes.get(host) ?? "failed"]}`);
        unwell.push(other);
      }
    }
  };
  const skipWaiting = (because: string): void => {
    queues.clear();
    for (const host of wave?.hosts ?? []) skip(host, because);
  };
  const stop = (reason: string): void => {
    if (wave === undefined || stoppedWave !== undefined || isCancelled) return;
    stoppedWave = wave.name;
    acts.push({
      type: "stop-wave",
      wave: wave.name,
      failed: wave.outcomes.failed,
      ended: endedOf(wave),
      reason,
    });
    skipWaiting(`wave ${stoppedWave} was stopped`);
  };
  const judge = (isOver: boolean): void => {
    if (wave === undefined) return;
    const ended = endedOf(wave);
    const { failed } = wave.outcomes;
    if (ended === 0 || failed / ended <= policy.failureLimit) return;
    // Too many for the whole wave, whatever becomes of its other hosts.
    // A share, as above: the limit times a number may come out a little below what it is.
    const isCertain = failed / wave.hosts.length > policy.failureLimit;
    if (!isOver && !isCertain && ended < fairSample) return;
    const percent = Number((policy.failureLimit * 100).toFixed(2));
    stop(`${failed} of ${ended} hosts failed, more than ${percent} %`);
  };

  /** Queues a host of this wave, if there is nothing left that it waits for. */
  const offer = (host: number): void => {
    const at = wave?.places.get(host);
    if (wave === undefined || at === undefined || isBegun(host) || (open[host] ?? 0) > 0) return;
    if (wave.canariesLeft > 0 && !wave.canaries.has(host)) return;
    queues.add(site(host), at, host);
  };
  const begin = (next: Wave): void => {
    const doomed = new Map<number, number>();
    for (const host of next.hosts) {
      const unwell = waitsFor[host]?.find((other) => doomed.has(other) || isUnwell(outcomes.get(other)));
      // What goes on from before is not taken back.
      if (unwell !== undefined && earlier(host) === undefined) doomed.set(host, unwell);
    }
    const canaries = next.hosts.filter((host) => !doomed.has(host)).slice(0, policy.canaries);
    wave = {
      ...next,
      places: new Map(next.hosts.map((host, at) => [host, at])),
      canaries: new Set(canaries),
      canariesLeft: canaries.length,
      left: next.hosts.length,
      outcomes: noOutcomes(),
    };
    acts.push({ type: "begin-wave", wave: next.name, canaries });
    for (const [host, unwell] of doomed)
      skip(host, `${name(unwell)} ${spoken[outcomes.get(unwell) ?? "skipped"]}`);
    for (const host of next.hosts) {
      if (earlier(host) === undefined) continue;
      states[host] = "running";
      queues.joined(site(host));
      acts.push({ type: "start", host });
    }
    for (const host of next.hosts) offer(host);
  };
  /** A wave of which nothing may begin. */
  const pass = (next: Wave, because: string): void => {
    for (const host of next.hosts) {
      states[host] = "ended";
      outcomes.set(host, "skipped");
      acts.push({ type: "skip", host, because });
    }
    acts.push({
      type: "end-wave",
      wave: next.name,
      outcomes: { ...noOutcomes(), skipped: next.hosts.length },
    });
  };
  const start = (nowMs: number): void => {
    for (const { site: paused, untilMs } of queues.look(nowMs))
      acts.push(
        untilMs === null ? { type: "resume", site: paused } : { type: "pause", site: paused, untilMs },
      );
    for (let host = queues.next(); host !== undefined; host = queues.next()) {
      states[host] = "running";
      acts.push({ type: "start", host });
    }
  };

  return {
    waves,
    decide(nowMs) {
      let finished = false;
      while (!finished) {
        if (wave === undefined) {
          const next = waves[++place];
          finished = next === undefined;
          if (next === undefined) continue;
          if (isCancelled) pass(next, "the fleet was cancelled");
          else if (stoppedWave !== undefined) pass(next, `wave ${stoppedWave} was stopped`);
          else begin(next);
          continue;
        }
        start(nowMs);
        if (wave.left > 0) break;
        judge(true);
        acts.push({ type: "end-wave", wave: wave.name, outcomes: wave.outcomes });
        wave = undefined;
      }
      const decided = acts;
      acts = [];
      return { acts: decided, wakeAtMs: finished ? null : queues.lookAtMs, finished };
    },
    ended(host, outcome) {
      if (wave === undefined || states[host] !== "running") return;
      states[host] = "ended";
      outcomes.set(host, outcome);
      wave.outcomes[outcome]++;
      wave.left--;
      queues.left(site(host));
      const isCanary = wave.canaries.has(host);
      if (isUnwell(outcome)) {
        skipDependants(host);
        if (isCanary) stop(`canary ${name(host)} ${spoken[outcome]}`);
      } else {
        for (const other of dependants[host] ?? []) {
          open[other] = (open[other] ?? 0) - 1;
          offer(other);
        }
        if (isCanary && --wave.canariesLeft === 0) for (const other of wave.hosts) offer(other);
      }
      judge(false);
    },
    cancel() {
      if (isCancelled) return;
      isCancelled = true;
      skipWaiting("the fleet was cancelled");
    },
  };
}

interface CurrentWave extends Wave {
  /** Place of each host in the order of the wave. */
  readonly places: ReadonlyMap<number, number>;
  readonly canaries: ReadonlySet<number>;
  /** Canaries that have not ended well. */
  canariesLeft: number;
  /** Hosts that have not ended. */
  left: number;
  readonly outcomes: Record<HostOutcome, number>;
}

/** How many ended by themselves: what was cancelled or skipped says nothing of the wave. */
function endedOf({ outcomes: { done, warnings, failed } }: CurrentWave): number {
  return done + warnings + failed;
}

function isUnwell(outcome: HostOutcome | undefined): boolean {
  return outcome === "failed" || outcome === "cancelled" || outcome === "skipped";
}

/** Who waits for whom, by index. Names that are not in the fleet are refused elsewhere. */
function dependenciesOf(hosts: readonly FleetHost[]): {
  readonly waitsFor: readonly (readonly number[])[];
  readonly dependants: readonly (readonly number[])[];
} {
  const indexOf = new Map(hosts.map(({ name }, index) => [name, index]));
  const waitsFor = hosts.map(({ after }) => [
    ...new Set(after.map((other) => indexOf.get(other)).filter((index) => index !== undefined)),
  ]);
  const dependants: number[][] = hosts.map(() => []);
  for (const [host, others] of waitsFor.entries()) for (const other of others) dependants[other]?.push(host);
  return { waitsFor, dependants };
}
