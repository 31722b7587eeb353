import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FleetHost } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { createHeap } from "../heap.ts";
import { siteClocks } from "./blackouts.ts";
import { orderWaves } from "./order-waves.ts";
import { parseFleetPolicy, usualPolicy, wholePolicy } from "./policy.ts";
import { type Act, createSchedule, type EarlierRun, type RunEnd } from "./schedule.ts";

/*
 * One file, though it is long: all rules of a schedule (waves, canaries, limits, blackouts, dependencies) hold together, on one fleet.
 */

const startMs = Date.parse("2026-03-02T00:00:00Z");

function host(name: string, more: Partial<FleetHost> = {}): FleetHost {
  return {
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
  };
}

function scheduleOf(
  hosts: readonly FleetHost[],
  policy: FleetPolicy = {},
  earlier: Readonly<Record<string, EarlierRun>> = {},
) {
  const whole = wholePolicy(policy, new Set(hosts.map(({ site }) => site)), startMs);
  const schedule = createSchedule(hosts, whole, (index) => earlier[hosts[index]?.name ?? ""]);
  const indexOf = (name: string) => hosts.findIndex((one) => one.name === name);
  const nameOf = (index: number) => hosts[index]?.name ?? "";
  /** Acts as short words: `+web-01`, `-web-01: why`, `wave 1 (web-01)`. */
  const said = (act: Act): string => {
    if (act.type === "start") return `+${nameOf(act.host)}`;
    if (act.type === "skip") return `-${nameOf(act.host)}: ${act.because}`;
    if (act.type === "begin-wave")
      return `wave ${act.wave}${act.canaries.map((one) => ` ${nameOf(one)}`).join("")}`;
    if (act.type === "stop-wave") return `stop ${act.wave}: ${act.reason}`;
    if (act.type === "end-wave") return `end ${act.wave}`;
    if (act.type === "pause") return `pause ${act.site} ${new Date(act.untilMs).toISOString()}`;
    return `resume ${act.site}`;
  };
  return {
    schedule,
    decide: (nowMs = startMs) => schedule.decide(nowMs).acts.map(said),
    end(name: string, outcome: RunEnd = "done") {
      schedule.ended(indexOf(name), outcome);
    },
  };
}

describe("a schedule", () => {
  it("begins a wave when the one before has ended, in the order of the policy and then by name", () => {
    const hosts = ["10", "2", "pilot"].map((wave) => host(`web-${wave}`, { wave }));
    const { decide, end } = scheduleOf(hosts, { waves: ["pilot", "none"] });
    expect(decide()).toEqual(["wave pilot", "+web-pilot"]);
    expect(decide()).toEqual([]);
    end("web-pilot");
    expect(decide()).toEqual(["end pilot", "wave 2", "+web-2"]);
    end("web-2", "warnings");
    expect(decide()).toEqual(["end 2", "wave 10", "+web-10"]);
  });

  it("begins the others when every canary has ended well", () => {
    const { decide, end } = scheduleOf(
      ["a", "b", "c", "d"].map((name) => host(name)),
      { canaries: 2 },
    );
    expect(decide()).toEqual(["wave 1 a b", "+a", "+b"]);
    end("b", "warnings");
    expect(decide()).toEqual([]);
    end("a");
    expect(decide()).toEqual(["+c", "+d"]);
  });

  it("stops at a canary that did not end well, and lets no later wave begin", () => {
    const hosts = [host("a"), host("b"), host("c"), host("d", { wave: "2" })];
    const { decide, end } = scheduleOf(hosts, { canaries: 2 });
    decide();
    end("a", "cancelled");
    expect(decide()).toEqual(["stop 1: canary a was cancelled", "-c: wave 1 was stopped"]);
    end("b");
    expect(decide()).toEqual(["end 1", "-d: wave 1 was stopped", "end 2"]);
    expect(scheduleOf(hosts).schedule.decide(startMs).finished).toBe(false);
  });

  it("stops a wave as soon as too many of it have failed, whatever becomes of the others", () => {
    const hosts = ["a", "b", "c", "d", "e"].map((name) => host(name));
    const many = scheduleOf(hosts, { failureLimit: 0.5, hostsPerSite: 3 });
    many.decide();
    many.end("a", "failed");
    many.end("b", "failed");
    expect(many.decide()).toEqual(["+d", "+e"]);
    many.end("c", "cancelled");
    expect(many.decide()).toEqual([]);
    many.end("d", "failed");
    expect(many.decide()).toEqual(["stop 1: 3 of 3 hosts failed, more than 50 %"]);
    const few = scheduleOf([host("a"), host("b", { wave: "2" })]);
    few.decide();
    few.end("a", "failed");
    expect(few.decide()).toEqual([
      "stop 1: 1 of 1 hosts failed, more than 10 %",
      "end 1",
      "-b: wave 1 was stopped",
      "end 2",
    ]);
  });

  it("judges a large wave by twenty of its hosts, not by the first that fails", () => {
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    const { decide, end } = scheduleOf(
      names.map((name) => host(name)),
      { hostsPerSite: 100 },
    );
    decide();
    for (const name of names.slice(0, 3)) end(name, "failed");
    for (const name of names.slice(3, 19)) end(name);
    expect(decide()).toEqual([]);
    end("web-19");
    expect(decide()).toEqual(["stop 1: 3 of 20 hosts failed, more than 10 %"]);
  });

  it("takes no wave for past its limit that ends exactly at it, whatever comes of multiplying", () => {
    const names = Array.from({ length: 22 }, (_, index) => `web-${index}`);
    const { decide, end } = scheduleOf(
      names.map((name) => host(name)),
      { hostsPerSite: 100, failureLimit: 15 / 22 },
    );
    decide();
    expect((15 / 22) * 22).toBeLessThan(15);
    for (const name of names.slice(0, 15)) end(name, "failed");
    expect(decide()).toEqual([]);
    end("web-15", "failed");
    expect(decide()[0]).toMatch(/^stop 1: 16 of 16 hosts failed/);
  });

  it("bears as many failures as the limit says", () => {
    const names = Array.from({ length: 10 }, (_, index) => `web-${index}`);
    const { decide, end } = scheduleOf([...names.map((name) => host(name)), host("last", { wave: "2" })]);
    decide();
    for (const name of names.slice(1)) end(name);
    end("web-0", "failed");
    expect(decide()).toEqual(["end 1", "wave 2", "+last"]);
  });

  it("begins a host when all it waits for have ended well, and skips it when one has not", () => {
    const hosts = [
      host("app", { after: ["db", "queue"] }),
      host("db"),
      host("queue"),
      host("web", { after: ["app"] }),
      host("report", { after: ["web"], wave: "2" }),
      host("other", { wave: "2" }),
    ];
    const well = scheduleOf(hosts);
    expect(well.decide()).toEqual(["wave 1", "+db", "+queue"]);
    well.end("queue");
    expect(well.decide()).toEqual([]);
    well.end("db", "warnings");
    expect(well.decide()).toEqual(["+app"]);
    const unwell = scheduleOf(hosts, { failureLimit: 1 });
    unwell.decide();
    unwell.end("db", "failed");
    expect(unwell.decide()).toEqual(["-app: db failed", "-web: app was skipped"]);
    unwell.end("queue");
    expect(unwell.decide()).toEqual(["end 1", "wave 2", "-report: web was skipped", "+other"]);
  });

  it("takes for canaries those that can begin: what they wait for is one too", () => {
    const hosts = [host("web", { after: ["db"] }), host("app"), host("db")];
    expect(scheduleOf(hosts, { canaries: 2 }).decide()).toEqual(["wave 1 db web", "+db"]);
  });

  it("keeps to the limits of sites and of the fleet, in the order of the hosts", () => {
    const sites = ["a", "a", "a", "b", "b", "c"].map((site, index) => host(`${site}${index}`, { site }));
    const { decide, end } = scheduleOf(sites, { hostsPerSite: 2, hostsAtOnce: 4 });
    expect(decide()).toEqual(["wave 1", "+a0", "+a1", "+b3", "+b4"]);
    end("b3");
    expect(decide()).toEqual(["+c5"]);
    end("a1");
    expect(decide()).toEqual(["+a2"]);
  });

  it("begins nothing at a site during its blackout, and says until when", () => {
    const hosts = [host("a"), host("b"), host("x", { site: "beijing" }), host("y", { site: "beijing" })];
    const policy: FleetPolicy = {
      hostsPerSite: 1,
      blackouts: [{ site: "shanghai", from: "09:00", to: "18:00", timeZone: "Asia/Shanghai" }],
    };
    const { decide, end, schedule } = scheduleOf(hosts, policy);
    expect(decide()).toEqual(["wave 1", "+a", "+x"]);
    expect(schedule.decide(startMs).wakeAtMs).toBe(startMs + 3_600_000);
    end("a");
    expect(decide(startMs + 3_600_000)).toEqual(["pause shanghai 2026-03-02T10:00:00.000Z"]);
    end("x");
    expect(decide(startMs + 4_000_000)).toEqual(["+y"]);
    expect(decide(Date.parse("2026-03-02T09:59:59Z"))).toEqual([]);
    expect(decide(Date.parse("2026-03-02T10:00:00Z"))).toEqual(["resume shanghai", "+b"]);
    expect(schedule.decide(Date.parse("2026-03-02T10:00:00Z")).wakeAtMs).toBeNull();
  });

  it("looks at the hours again when the clock was set back", () => {
    const policy: FleetPolicy = { blackouts: [{ from: "09:00", to: "18:00", timeZone: "Asia/Shanghai" }] };
    const { decide } = scheduleOf([host("a")], policy);
    expect(decide(startMs + 3_600_000)).toEqual(["wave 1", "pause shanghai 2026-03-02T10:00:00.000Z"]);
    expect(decide(startMs)).toEqual(["resume shanghai", "+a"]);
  });

  it("takes up what goes on or has finished from before, whatever canaries, limits and hours say", () => {
    const policy: FleetPolicy = {
      canaries: 1,
      hostsPerSite: 1,
      blackouts: [{ from: "08:00", to: "18:00", timeZone: "Asia/Shanghai" }],
    };
    const hosts = [host("a"), host("b"), host("c"), host("d")];
    const { decide, end } = scheduleOf(hosts, policy, { b: "running", c: "finished" });
    expect(decide()).toEqual(["wave 1 a", "+b", "+c", "pause shanghai 2026-03-02T10:00:00.000Z"]);
    end("c");
    expect(decide(Date.parse("2026-03-02T10:00:00Z"))).toEqual(["resume shanghai"]);
    end("b");
    expect(decide(Date.parse("2026-03-02T10:00:01Z"))).toEqual(["+a"]);
  });

  it("skips what has not begun when it is cancelled", () => {
    const hosts = [host("a"), host("b", { after: ["a"] }), host("c", { wave: "2" })];
    const { decide, end, schedule } = scheduleOf(hosts);
    decide();
    schedule.cancel();
    expect(decide()).toEqual(["-b: the fleet was cancelled"]);
    end("a", "cancelled");
    expect(decide()).toEqual(["end 1", "-c: the fleet was cancelled", "end 2"]);
    expect(schedule.decide(startMs).finished).toBe(true);
  });

  it.each([
    [[host("a"), host("a")], "two hosts are called a"],
    [[host("a", { after: ["b"] })], "a waits for b, which is not in the fleet"],
    [
      [host("a", { after: ["b"] }), host("b", { wave: "2" })],
      "a of wave 1 waits for b of wave 2, which comes later",
    ],
    [[host("a", { after: ["a"] })], "these hosts wait for each other: a waits for a"],
    [
      [
        host("x", { after: ["a"] }),
        host("a", { after: ["b"] }),
        host("b", { after: ["c"] }),
        host("c", { after: ["a"] }),
      ],
      "these hosts wait for each other: a waits for b waits for c waits for a",
    ],
  ])("refuses an order that cannot be %#", (hosts, problem) => {
    expect(() => orderWaves(hosts, [])).toThrow(
      expect.objectContaining({
        code: "FLEET_ORDER_IMPOSSIBLE",
        message: `ordering the hosts of the fleet: ${problem}`,
      }),
    );
  });

  it("orders a chain of dependencies that is longer than a stack", () => {
    const chain = Array.from({ length: 30_000 }, (_, index) =>
      host(`h${index}`, { after: index < 29_999 ? [`h${index + 1}`] : [] }),
    );
    expect(orderWaves(chain, [])[0]?.hosts.slice(0, 2)).toEqual([29_999, 29_998]);
  });
});

describe("a policy", () => {
  const night = { from: "20:00", to: "08:00", timeZone: "Asia/Shanghai" };
  it.each([
    [{ canaries: -1 }, "canaries"],
    [{ failureLimit: 5 }, "failureLimit"],
    [{ hostsPerSite: 0 }, "hostsPerSite"],
    [{ hostsAtOnce: 1.5 }, "hostsAtOnce"],
    [{ waves: ["1", "1"] }, "waves"],
    [{ blackouts: [{ ...night, from: "24:00" }] }, "blackouts.0.from"],
    [{ blackouts: [{ ...night, days: [] }] }, "blackouts.0.days"],
    [{ blackouts: [{ ...night, timeZone: "Asia/Peking" }] }, "blackouts.0.timeZone"],
    [{ bandwidth: { shanghai: 0 } }, "bandwidth.shanghai"],
    [{ canary: 1 }, ""],
    ["fast", ""],
  ])("is refused where it cannot be meant: %j", (policy, path) => {
    expect(() => parseFleetPolicy(policy)).toThrow(
      expect.objectContaining({ code: "FLEET_POLICY_INVALID", details: { path } }),
    );
  });

  it("says nothing by what is undefined", () => {
    const policy = { canaries: undefined, hostsPerSite: 3 } as unknown as FleetPolicy;
    expect(wholePolicy(policy, new Set(), startMs)).toEqual({ ...usualPolicy, hostsPerSite: 3 });
  });

  it("is refused where it lets a site never begin", () => {
    const policy = { blackouts: [{ ...night, to: "20:00", site: "beijing" }] };
    expect(wholePolicy(policy, new Set(["shanghai"]), startMs).hostsPerSite).toBe(10);
    expect(() => wholePolicy(policy, new Set(["beijing"]), startMs)).toThrow(/no hour of the week/);
  });
});

it("keeps a heap in order, equals as they came", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (keys) => {
      const heap = createHeap<number>();
      for (const [index, key] of keys.entries()) heap.add(key, index);
      const taken = keys.map(() => heap.take());
      const sorted = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
      expect([taken, heap.take(), heap.size]).toEqual([sorted, undefined, 0]);
    }),
  );
});

describe("whatever a fleet is and comes to", () => {
  const sites = ["beijing", "shanghai", "berlin"];
  const fleet = fc
    .array(
      fc.record({
        site: fc.constantFrom(...sites),
        wave: fc.integer({ min: 1, max: 3 }),
        waits: fc.array(fc.nat(), { maxLength: 2 }),
        outcome: fc.oneof(
          { weight: 6, arbitrary: fc.constant<RunEnd>("done") },
          { weight: 1, arbitrary: fc.constantFrom<RunEnd>("warnings", "failed", "cancelled") },
        ),
        hours: fc.integer({ min: 0, max: 9 }),
        earlier: fc.oneof(
          { weight: 8, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constant<EarlierRun>("running") },
        ),
      }),
      { minLength: 1, maxLength: 24 },
    )
    .map((rows) =>
      rows.map((row, index) => {
        // Waits only for who stands before it, in its wave or an earlier one.
        const possible = rows.flatMap((other, at) =>
          at < index && other.wave <= row.wave ? [`h${at}`] : [],
        );
        const after =
          possible.length === 0 ? [] : row.waits.map((at) => possible[at % possible.length] as string);
        return { ...row, host: host(`h${index}`, { site: row.site, wave: `${row.wave}`, after }) };
      }),
    );
  const policy = fc.record({
    canaries: fc.integer({ min: 0, max: 3 }),
    failureLimit: fc.constantFrom(0, 0.2, 0.5, 1),
    hostsPerSite: fc.integer({ min: 1, max: 4 }),
    hostsAtOnce: fc.integer({ min: 1, max: 6 }),
    blackouts: fc.subarray<NonNullable<FleetPolicy["blackouts"]>[number]>([
      { site: "berlin", from: "22:00", to: "04:00", timeZone: "Europe/Berlin" },
      { from: "09:00", to: "12:30", days: ["mon", "wed"], timeZone: "Asia/Shanghai" },
      { site: "beijing", from: "06:00", to: "06:00", days: ["tue"], timeZone: "Asia/Shanghai" },
    ]),
  });

  it("no host begins too early, too many never run, and each ends exactly once", () => {
    fc.assert(
      fc.property(fleet, policy, fc.option(fc.integer({ min: 0, max: 40 })), (rows, given, cancelAt) => {
        const hosts = rows.map((row) => row.host);
        const whole = wholePolicy(given, new Set(sites), startMs);
        const schedule = createSchedule(hosts, whole, (index) => rows[index]?.earlier);
        const clockOf = siteClocks(whole.blackouts);
        const ends = createHeap<{ readonly host: number; readonly atMs: number }>();
        const ended = new Map<string, string>();
        const running = new Set<number>();
        const begun = new Set<number>();
        let canaries: readonly number[] = [];
        let waveNow: string | undefined;
        let isStopped = false;
        let nowMs = startMs;
        const isWell = (name: string) => ["done", "warnings"].includes(ended.get(name) ?? "");
        const end = (index: number, outcome: string) => {
          const { name } = hosts[index] as FleetHost;
          expect(ended.has(name)).toBe(false);
          ended.set(name, outcome);
        };
        const begin = (index: number) => {
          const row = rows[index] as (typeof rows)[number];
          expect(begun.has(index)).toBe(false);
          expect([row.host.wave, isStopped]).toEqual([waveNow, false]);
          begun.add(index);
          running.add(index);
          ends.add(nowMs + row.hours * 3_600_000, { host: index, atMs: nowMs + row.hours * 3_600_000 });
          // What goes on from before bypasses everything but its wave.
          if (row.earlier !== undefined) return;
          expect(row.host.after.filter((name) => !isWell(name))).toEqual([]);
          if (!canaries.includes(index))
            expect(canaries.every((one) => isWell(hosts[one]?.name ?? ""))).toBe(true);
          expect(clockOf(row.site)(nowMs).paused).toBe(false);
          const atSite = [...running].filter((one) => rows[one]?.site === row.site);
          expect(atSite.length).toBeLessThanOrEqual(whole.hostsPerSite);
          expect(running.size).toBeLessThanOrEqual(whole.hostsAtOnce);
        };
        for (let turn = 0; ; turn++) {
          expect(turn).toBeLessThan(1_000);
          if (turn === cancelAt) {
            schedule.cancel();
            isStopped = true;
          }
          const { acts, wakeAtMs, finished } = schedule.decide(nowMs);
          for (const act of acts) {
            if (act.type === "begin-wave") {
              // The wave before has ended to the last.
              expect(hosts.filter(({ wave }) => wave < act.wave).every(({ name }) => ended.has(name))).toBe(
                true,
              );
              waveNow = act.wave;
              canaries = act.canaries;
            } else if (act.type === "start") begin(act.host);
            else if (act.type === "skip") end(act.host, "skipped");
            else if (act.type === "stop-wave") isStopped = true;
            else if (act.type === "end-wave") {
              const counted = Object.values(act.outcomes).reduce((sum, count) => sum + count, 0);
              expect(counted).toBe(hosts.filter(({ wave }) => wave === act.wave).length);
            }
          }
          if (finished) break;
          const nextEndMs = ends.firstKey() ?? Number.POSITIVE_INFINITY;
          // Something has to be ahead: an end, or an hour.
          expect(Math.min(nextEndMs, wakeAtMs ?? Number.POSITIVE_INFINITY)).toBeLessThan(
            Number.POSITIVE_INFINITY,
          );
          if (nextEndMs <= (wakeAtMs ?? Number.POSITIVE_INFINITY)) {
            const { host: index, atMs } = ends.take() as { host: number; atMs: number };
            nowMs = Math.max(nowMs, atMs);
            running.delete(index);
            end(index, rows[index]?.outcome ?? "");
            schedule.ended(index, rows[index]?.outcome ?? "done");
          } else nowMs = Math.max(nowMs, wakeAtMs as number);
        }
        expect(ended.size).toBe(hosts.length);
        expect(running.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
