import { cancelledError, eventVersion, type JsonObject, type RunEvent, SampanError } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { Migration, type RunHandle } from "@sampan/sdk";
import { ReplaySubject } from "rxjs";
import { expect, it } from "vitest";
import type { FleetEvent } from "../fleet-event.ts";
import type { FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { type RunFleetOptions, runFleet } from "./run-fleet.ts";

const startMs = Date.parse("2026-03-02T00:00:00Z");
const ticks = () => new Promise((resolve) => setImmediate(resolve));

function migration(name: string, more: Partial<FleetMigration["host"]> = {}): FleetMigration {
  return {
    host: {
      name,
      source: `ssh://root@${name}`,
      site: "shanghai",
      disks: [],
      bucket: "moved-images",
      region: "cn-shanghai",
      targets: [],
      wave: "1",
      owner: null,
      after: [],
      sizeBytes: null,
      usedBytes: null,
      more: {},
      ...more,
    },
    plan: Migration.from(`ssh://root@${name}`).assess().plan(),
  };
}

function event(runId: string, body: Pick<RunEvent, "type"> & JsonObject): RunEvent {
  return { v: eventVersion, runId, seq: 1, at: "", ...body } as unknown as RunEvent;
}

/** A runner whose runs end when told to, and what it was asked. */
function fakeRunner() {
  const asked: string[] = [];
  const runs = new Map<string, { readonly end: (error?: SampanError, warnings?: number) => Promise<void> }>();
  const start = ({ host: { name } }: FleetMigration): RunHandle<JsonObject> => {
    asked.push(`+${name}`);
    const id = `run-${name}`;
    const events = new ReplaySubject<RunEvent>();
    let settle!: { resolve: (result: JsonObject) => void; reject: (error: unknown) => void };
    const result = new Promise<JsonObject>((resolve, reject) => {
      settle = { resolve, reject };
    });
    result.catch(() => undefined);
    runs.set(name, {
      async end(error, warnings = 0) {
        if (error === undefined) {
          events.next(event(id, { type: "run.finished", result: {}, warnings }));
          settle.resolve({});
        } else settle.reject(error);
        // As the embedded runner does: the last events come after the result.
        await ticks();
        events.complete();
        await ticks();
      },
    });
    return {
      id,
      attached: false,
      events,
      result,
      cancel(reason) {
        asked.push(`x${name} ${reason}`);
        settle.reject(cancelledError(reason));
        events.complete();
      },
      // biome-ignore lint/suspicious/noThenProperty: a handle is awaited.
      then: (done, failed) => result.then(done, failed),
    };
  };
  return {
    asked,
    start,
    end: (name: string, error?: SampanError, warnings?: number) => runs.get(name)?.end(error, warnings),
  };
}

/** Drives a fleet on a clock of its own, and what it told, as short words. */
function drive(
  migrations: readonly FleetMigration[],
  policy: FleetPolicy,
  more: Partial<RunFleetOptions> = {},
) {
  const clock = virtualClock({ startMs, jump: false });
  const runner = fakeRunner();
  const fleet = runFleet(migrations, policy, { start: runner.start, clock, ...more });
  const events: FleetEvent[] = [];
  fleet.events.subscribe((one) => events.push(one));
  return { clock, runner, fleet, events };
}

function said(event: FleetEvent): string {
  switch (event.type) {
    case "host.finished":
      return `${event.host} ${event.outcome}${event.because === null ? "" : `: ${event.because}`}`;
    case "host.started":
      return `${event.host} begins`;
    case "host.run":
      return `${event.host} ${event.event.type}`;
    case "wave.started":
    case "wave.stopped":
    case "wave.finished":
      return `${event.type} ${event.wave}`;
    case "site.paused":
    case "site.resumed":
      return `${event.type} ${event.site}`;
    default:
      return event.type;
  }
}

it("tells everything of a fleet in order, the events of its runs among it", async () => {
  const hosts = [
    migration("a"),
    migration("b", { after: ["a"] }),
    migration("c", { wave: "2", site: "beijing" }),
  ];
  const { runner, fleet, events, clock } = drive(hosts, {});
  await ticks();
  clock.advance(1500);
  await runner.end("a");
  await runner.end("b", undefined, 2);
  await runner.end("c");
  const { outcomes, hosts: ends } = await fleet.result;
  expect(events.map(said)).toEqual([
    "fleet.started",
    "wave.started 1",
    "a begins",
    "a run.finished",
    "a done",
    "b begins",
    "b run.finished",
    "b warnings",
    "wave.finished 1",
    "wave.started 2",
    "c begins",
    "c run.finished",
    "c done",
    "wave.finished 2",
    "fleet.finished",
  ]);
  expect(events[0]).toEqual({
    type: "fleet.started",
    at: "2026-03-02T00:00:00.000Z",
    waves: [
      {
        wave: "1",
        hosts: [
          { host: "a", site: "shanghai" },
          { host: "b", site: "shanghai" },
        ],
      },
      { wave: "2", hosts: [{ host: "c", site: "beijing" }] },
    ],
  });
  expect(events[4]).toEqual({
    type: "host.finished",
    at: "2026-03-02T00:00:01.500Z",
    host: "a",
    runId: "run-a",
    outcome: "done",
    error: null,
    because: null,
    tookMs: 1500,
  });
  expect(outcomes).toEqual({ done: 2, warnings: 1, failed: 0, cancelled: 0, skipped: 0 });
  expect(ends.map(({ host, wave, outcome }) => [host, wave, outcome])).toEqual([
    ["a", "1", "done"],
    ["b", "1", "warnings"],
    ["c", "2", "done"],
  ]);
  expect(events.at(-1)).toMatchObject({ outcomes });
});

it("gives whoever comes late what was before, without the events of runs", async () => {
  const { runner, fleet } = drive([migration("a")], {});
  await ticks();
  await runner.end("a");
  await fleet.result;
  const late: string[] = [];
  fleet.events.subscribe((one) => late.push(said(one)));
  expect(late).toEqual([
    "fleet.started",
    "wave.started 1",
    "a begins",
    "a done",
    "wave.finished 1",
    "fleet.finished",
  ]);
});

it("lets a run that fails, or cannot even be started, fail its host alone", async () => {
  const error = new SampanError("HOST_UNREACHABLE", "calling a");
  const runner = fakeRunner();
  const start: RunFleetOptions["start"] = (one) => {
    if (one.host.name === "b") throw new SampanError("PLAN_INVALID", "no plan");
    return runner.start(one);
  };
  const hosts = [migration("a"), migration("b"), migration("c"), migration("d", { after: ["b"] })];
  const { fleet, events } = drive(hosts, { failureLimit: 1 }, { start });
  await ticks();
  await runner.end("a", error);
  await runner.end("c");
  const { hosts: ends } = await fleet.result;
  expect(ends.map((one) => [one.host, one.outcome, one.runId, one.error?.code ?? null, one.because])).toEqual(
    [
      ["b", "failed", null, "PLAN_INVALID", null],
      ["d", "skipped", null, null, "b failed"],
      ["a", "failed", "run-a", "HOST_UNREACHABLE", null],
      ["c", "done", "run-c", null, null],
    ],
  );
  expect(events.filter(({ type }) => type === "host.finished")).toHaveLength(4);
});

it("stops a wave by its canaries and tells why", async () => {
  const { runner, fleet, events } = drive([migration("a"), migration("b")], { canaries: 1 });
  await ticks();
  await runner.end("a", new SampanError("HOST_UNREACHABLE", "calling a"));
  await fleet.result;
  expect(events.find(({ type }) => type === "wave.stopped")).toEqual({
    type: "wave.stopped",
    at: "2026-03-02T00:00:00.000Z",
    wave: "1",
    failed: 1,
    ended: 1,
    reason: "canary a failed",
  });
  expect(runner.asked).toEqual(["+a"]);
});

it("cancels what runs and skips the rest when its signal aborts", async () => {
  const stop = new AbortController();
  const hosts = [migration("a"), migration("b"), migration("c", { wave: "2" })];
  const { runner, fleet, events } = drive(hosts, { hostsAtOnce: 1 }, { signal: stop.signal });
  await ticks();
  stop.abort(cancelledError("by the operator"));
  const { outcomes } = await fleet.result;
  expect(runner.asked).toEqual(["+a", "xa by the operator"]);
  expect(outcomes).toEqual({ done: 0, warnings: 0, failed: 0, cancelled: 1, skipped: 2 });
  expect(events.map(said).slice(2)).toEqual([
    "a begins",
    "b skipped: the fleet was cancelled",
    "a cancelled",
    "wave.finished 1",
    "c skipped: the fleet was cancelled",
    "wave.finished 2",
    "fleet.finished",
  ]);
});

it("begins nothing when its signal has aborted before", async () => {
  const { runner, fleet, events } = drive([migration("a")], {}, { signal: AbortSignal.abort() });
  expect((await fleet.result).outcomes.skipped).toBe(1);
  expect(runner.asked).toEqual([]);
  expect(events.filter(({ type }) => type === "fleet.finished")).toHaveLength(1);
});

it("cancels a run too that a watcher's answer to its own beginning cancels", async () => {
  const stop = new AbortController();
  const { runner, fleet } = drive([migration("a"), migration("b")], {}, { signal: stop.signal });
  fleet.events.subscribe((one) => one.type === "host.started" && stop.abort(cancelledError("at once")));
  expect((await fleet.result).outcomes).toMatchObject({ done: 0, failed: 0 });
  expect(runner.asked.filter((one) => one.startsWith("x"))).toContain("xa at once");
});

it("waits for the end of a blackout, however the clock gets there", async () => {
  const blackouts = [{ from: "07:00", to: "09:00", timeZone: "Asia/Shanghai" }];
  const { runner, fleet, events, clock } = drive([migration("a")], { blackouts });
  await ticks();
  expect(events.at(-1)).toMatchObject({ type: "site.paused", until: "2026-03-02T01:00:00.000Z" });
  // Never for longer than it takes to notice a clock that was set.
  expect(Math.max(...clock.slept)).toBeLessThanOrEqual(300_000);
  for (let minute = 0; minute < 59; minute += 5) {
    expect(runner.asked).toEqual([]);
    clock.advance(300_000);
    await ticks();
  }
  expect(events.map(said).slice(-2)).toEqual(["site.resumed shanghai", "a begins"]);
  await runner.end("a");
  await fleet.result;
});

it("goes on with a fleet whose driver died: what has finished is told, what runs is attached to, in spite of the hours", async () => {
  const blackouts = [{ from: "07:00", to: "09:00", timeZone: "Asia/Shanghai" }];
  const hosts = ["canary", "done", "going", "new"].map((name) => migration(name));
  const earlier: RunFleetOptions["earlier"] = ({ host: { name } }) =>
    name === "going" ? "running" : name === "new" ? undefined : "finished";
  const { runner, fleet, clock } = drive(hosts, { canaries: 1, blackouts, hostsPerSite: 1 }, { earlier });
  await ticks();
  expect(runner.asked).toEqual(["+canary", "+done", "+going"]);
  await runner.end("canary");
  await runner.end("done");
  clock.advance(3_600_000);
  await ticks();
  // Its site is full while the one from before goes on.
  expect(runner.asked).toHaveLength(3);
  await runner.end("going");
  expect(runner.asked.at(-1)).toBe("+new");
  await runner.end("new");
  expect((await fleet.result).outcomes.done).toBe(4);
});

it("refuses a policy or an order before anything is begun", () => {
  const start = () => {
    throw new Error("begun");
  };
  expect(() => runFleet([migration("a")], { hostsAtOnce: 0 }, { start })).toThrow(/hostsAtOnce/);
  expect(() => runFleet([migration("a", { after: ["b"] })], {}, { start })).toThrow(/not in the fleet/);
});

it("finishes a fleet of nobody", async () => {
  const { fleet, events } = drive([], {});
  await fleet.result;
  expect(events.map(said)).toEqual(["fleet.started", "fleet.finished"]);
});

it("is left without cancelling anything: what a store was being asked for is waited for, and nothing more begins", async () => {
  const runner = fakeRunner();
  const leave = new AbortController();
  let opened = (): void => undefined;
  const clock = virtualClock({ startMs, jump: false });
  const fleet = runFleet(
    [migration("a"), migration("b"), migration("c"), migration("d", { after: ["a"] })],
    { hostsAtOnce: 3 },
    {
      clock,
      leave: leave.signal,
      async start(one) {
        if (one.host.name === "c") await new Promise<void>((resolve) => (opened = resolve));
        return { handle: runner.start(one) };
      },
    },
  );
  const events: string[] = [];
  let completed = false;
  fleet.events.subscribe({ next: (one) => events.push(said(one)), complete: () => (completed = true) });
  await ticks();
  await runner.end("b");
  leave.abort();
  let ended = false;
  void fleet.result.then(() => (ended = true));
  await ticks();
  expect([ended, completed]).toEqual([false, false]);
  opened();
  const { outcomes, hosts } = await fleet.result;
  expect(hosts.map(({ host, outcome }) => `${host} ${outcome}`)).toEqual(["b done"]);
  expect(outcomes).toMatchObject({ done: 1, cancelled: 0, skipped: 0 });
  expect(events).toContain("c begins");
  expect(events).not.toContain("fleet.finished");
  expect(completed).toBe(true);
  // What ends later makes nothing begin, as there is nobody left who drives.
  await runner.end("a");
  await ticks();
  expect(runner.asked).toEqual(["+a", "+b", "+c"]);
});
