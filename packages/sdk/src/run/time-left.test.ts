import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectedTime, readHistory, type StageSample } from "./stage-history.ts";
import { StallWatch } from "./stall-watch.ts";
import { TimeLeftMeter } from "./time-left.ts";

const MiB = 1024 * 1024;

describe("the time a stage will still take", () => {
  it("follows the rate of the last seconds, not the average since the start", () => {
    const meter = new TimeLeftMeter(0, undefined);
    for (let second = 0; second <= 60; second++) meter.add(second * 1000, second * MiB, 1000 * MiB);
    // Ten times as fast from here on.
    for (let second = 1; second <= 11; second++)
      meter.add(60_000 + second * 1000, (60 + second * 10) * MiB, 1000 * MiB);
    const { ratePerSecond, etaMs } = meter.add(72_000, 180 * MiB, 1000 * MiB);
    expect(ratePerSecond).toBe(10 * MiB);
    expect(etaMs).toBe(82_000);
  });

  // Rates by second, in MiB; the line has them from then on. What no one can know beforehand, a rate that changes later, is measured once it has changed.
  const traces: Readonly<Record<string, readonly (readonly [fromSecond: number, rate: number])[]>> = {
    steady: [[0, 10]],
    "a step up": [
      [0, 10],
      [40, 40],
    ],
    "a step down": [
      [0, 40],
      [20, 8],
    ],
    "a ramp": Array.from({ length: 10 }, (_, second) => [second, second + 1] as const),
    "a pause of a minute": [
      [0, 10],
      [60, 0],
      [120, 10],
    ],
    "three pauses": [
      [0, 20],
      [30, 0],
      [45, 20],
      [60, 0],
      [90, 20],
      [95, 0],
      [101, 20],
    ],
  };

  it.each(Object.entries(traces))(
    "is off by a fifth at most once a tenth is done and the rate is known: %s",
    (_name, trace) => {
      const totalBytes = 2000 * MiB;
      const rateAt = (second: number) => trace.findLast(([from]) => from <= second)?.[1] ?? 0;
      // Every quarter of a second, as stages tell, with a line that is never quite even.
      const points: { second: number; bytes: number }[] = [];
      let bytes = 0;
      for (let quarter = 0; bytes < totalBytes; quarter++) {
        const second = quarter / 4;
        points.push({ second, bytes });
        const uneven = 1 + 0.3 * Math.sin(quarter * 1.7);
        bytes = Math.min(totalBytes, bytes + (rateAt(second) * MiB * uneven) / 4);
      }
      const endSecond = points.length / 4;
      const meter = new TimeLeftMeter(0, undefined);
      const changes = trace.slice(1).map(([from]) => from);
      let judged = 0;
      for (const { second, bytes: done } of points) {
        const { etaMs } = meter.add(second * 1000, done, totalBytes);
        const isSettled = changes.every((change) => second < change || second > change + 11);
        const isKnown = !changes.some((change) => change > second);
        if (done < totalBytes / 10 || !isSettled || !isKnown) continue;
        const leftMs = (endSecond - second) * 1000;
        judged++;
        expect(Math.abs((etaMs ?? 0) - leftMs), `at ${second} s`).toBeLessThanOrEqual(
          Math.max(0.2 * leftMs, 1000),
        );
      }
      expect(judged).toBeGreaterThan(100);
    },
  );

  it("tells no time while nothing moves, and the present rate right after", () => {
    const meter = new TimeLeftMeter(0, undefined);
    for (let second = 0; second <= 60; second++) meter.add(second * 1000, second * 10 * MiB, 1200 * MiB);
    let last = meter.add(61_000, 600 * MiB, 1200 * MiB);
    for (let second = 62; second <= 120; second++) last = meter.add(second * 1000, 600 * MiB, 1200 * MiB);
    expect(last).toEqual({ ratePerSecond: 0, etaMs: null });
    for (let second = 121; second <= 123; second++)
      last = meter.add(second * 1000, (600 + (second - 120) * 10) * MiB, 1200 * MiB);
    expect(last).toEqual({ ratePerSecond: 10 * MiB, etaMs: 57_000 });
  });

  it("goes by earlier runs where there are some, until they have been overtaken", () => {
    const meter = new TimeLeftMeter(0, { tookMs: 600_000, runs: 3 });
    expect(meter.add(60_000, 0, null)).toMatchObject({ etaMs: 540_000, etaRuns: 3 });
    expect(meter.add(600_001, 0, null)).toEqual({ ratePerSecond: 0, etaMs: null });
  });

  it("is never negative and never no number, whatever a stage and a clock say", () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, -1, 1e300, Number.MAX_SAFE_INTEGER),
    );
    const steps = fc.array(fc.tuple(number, number, fc.option(number)), { maxLength: 40 });
    const expected = fc.option(fc.record({ tookMs: number, runs: fc.integer({ min: 1, max: 20 }) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(number, expected, steps, (startedMs, known, list) => {
        const meter = new TimeLeftMeter(startedMs, known);
        for (const [atMs, done, total] of list) {
          const { etaMs } = meter.add(atMs, done, total);
          if (etaMs === null) continue;
          expect(Number.isSafeInteger(etaMs)).toBe(true);
          expect(etaMs).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("has a rate that is never negative, also when a stage begins anew or the clock goes back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1e9), fc.nat(1e12))), (list) => {
        const meter = new TimeLeftMeter(0, undefined);
        for (const [atMs, done] of list) {
          const { ratePerSecond } = meter.add(atMs, done, 1e12);
          if (ratePerSecond !== null) expect(ratePerSecond).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe("what earlier runs took", () => {
  const sample = (tookMs: number, region = "cn-hangzhou", sizeBytes: number | null = 40): StageSample => ({
    name: "import",
    tookMs,
    region,
    sizeBytes,
  });
  const wait = { region: "cn-hangzhou", sizeBytes: 40 };

  it("is the median of the same stage in the same region, by size, and says of how many", () => {
    const samples = [
      sample(100),
      sample(900),
      sample(200),
      sample(5, "cn-beijing"),
      { ...sample(1), name: "copy" },
    ];
    expect(expectedTime(samples, "import", wait)).toEqual({ tookMs: 200, runs: 3 });
    expect(expectedTime([sample(100), sample(300)], "import", wait)).toEqual({ tookMs: 200, runs: 2 });
    expect(expectedTime([sample(100)], "import", { ...wait, sizeBytes: 80 })).toEqual({
      tookMs: 200,
      runs: 1,
    });
    expect(expectedTime([sample(100)], "import", { ...wait, sizeBytes: 1e12 })).toEqual({
      tookMs: 800,
      runs: 1,
    });
    expect(expectedTime(samples, "import", { ...wait, region: "eu-central-1" })?.runs).toBe(4);
    expect(expectedTime(samples, "copy:cn-hangzhou", wait)).toEqual({ tookMs: 1, runs: 1 });
    expect(expectedTime(samples, "verify", wait)).toBeUndefined();
  });

  it("is read from the journals of the home, of the same cloud, of stages that were done at once", () => {
    const home = mkdtempSync(join(tmpdir(), "sampan-history-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const journal = (id: string, lines: readonly (object | string)[]) => {
      mkdirSync(join(home, "runs", id), { recursive: true });
      const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
      writeFileSync(join(home, "runs", id, "journal.ndjson"), text);
    };
    const real = { type: "run.started", cloud: { name: "alibaba", rehearsal: false, endpoint: null } };
    const begun = (attempt: number) => ({ type: "stage.started", stage: "copy:a", attempt });
    const image = { region: "a", sizeBytes: 7 };
    const done = (tookMs: unknown) => ({
      type: "stage.finished",
      stage: "copy:a",
      tookMs,
      output: { image },
    });
    journal("r1", [real, begun(1), done(1000)]);
    journal("r2", [{ ...real, cloud: { name: "simulator", rehearsal: true } }, begun(1), done(1)]);
    journal("r3", [real, begun(1), begun(2), done(5)]);
    journal("r4", [real, begun(1), done(-5), '{"type":"stage.finished", torn']);
    journal("r5", [real, begun(1), done(3000), '{"type":"stage.finished", torn']);
    journal("r6", [real, begun(1), done(9)]);
    const found = readHistory(home, { name: "alibaba", rehearsal: false, endpoint: null }, "r6");
    expect([...found].sort((a, b) => a.tookMs - b.tookMs)).toEqual([
      { name: "copy", tookMs: 1000, region: "a", sizeBytes: 7 },
      { name: "copy", tookMs: 3000, region: "a", sizeBytes: 7 },
    ]);
    expect(readHistory(join(home, "nowhere"), real.cloud, "r6")).toEqual([]);
  });
});

describe("whether a stage stands still", () => {
  /** Looks every second from one second to another. */
  function looks(watch: StallWatch, from: number, to: number, byte?: (second: number) => number): number[] {
    const told: number[] = [];
    for (let second = from; second <= to; second++) {
      if (byte !== undefined) watch.heard(String(byte(second)), second * 1000);
      const sinceMs = watch.look(second * 1000);
      if (sinceMs !== null) told.push(sinceMs);
    }
    return told;
  }

  it("is told after a minute without a byte, and again each minute", () => {
    expect(looks(new StallWatch(60_000, 0), 1, 200)).toEqual([60_000, 120_000, 180_000]);
    expect(looks(new StallWatch(60_000, 0), 1, 200, () => 7)).toEqual([60_000, 120_000, 180_000]);
  });

  it("is another thing than being slow: a byte a minute is progress", () => {
    expect(looks(new StallWatch(60_000, 0), 1, 3600, (second) => Math.floor(second / 55))).toEqual([]);
  });

  it("does not count the time in which this process itself was stopped", () => {
    const watch = new StallWatch(60_000, 0);
    expect(looks(watch, 1, 30)).toEqual([]);
    expect(looks(watch, 3600, 3625)).toEqual([]);
    expect(looks(watch, 3626, 3640)).toEqual([60_000]);
  });
});
