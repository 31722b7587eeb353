import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AllocationMap } from "../allocation-map.ts";
import { PresentUnits } from "../encoders/present-units.ts";
import { AsyncLru } from "./async-lru.ts";
import { runTasks } from "./parallel.ts";
import { isZero } from "./zeros.ts";

describe("isZero", () => {
  test("finds one byte that is not zero anywhere, at any alignment", () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(9),
        fc.nat(300),
        fc.integer({ min: 1, max: 255 }),
        (length, shift, place, value) => {
          const bytes = new Uint8Array(length + shift + 8)
            .fill(1)
            .subarray(shift, shift + length)
            .fill(0);
          expect(isZero(bytes)).toBe(true);
          if (place >= length) return;
          bytes[place] = value;
          expect(isZero(bytes)).toBe(false);
        },
      ),
    );
  });
});

describe("present units", () => {
  test("number exactly the units that hold data, in order", () => {
    const range = fc.record({ offset: fc.nat(1000), length: fc.nat(60) });
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 12 }),
        fc.integer({ min: 1, max: 64 }),
        (ranges, unitBytes) => {
          const map = AllocationMap.ofData(1000, ranges);
          const units = new PresentUnits(map, unitBytes);
          let rank = 0;
          for (let unit = 0; unit * unitBytes < 1000; unit++) {
            const present = map.hasData({ offset: unit * unitBytes, length: unitBytes });
            expect(units.rankOf(unit)).toBe(present ? rank : -1);
            if (!present) continue;
            expect(units.unitAt(rank)).toBe(unit);
            expect(units.runAt(rank).first).toBe(unit);
            rank++;
          }
          expect(units.count).toBe(rank);
        },
      ),
    );
  });
});

describe("runTasks", () => {
  test("settles after everything that was started, and starts nothing after a failure", async () => {
    const log: string[] = [];
    const task =
      (name: string, turns: number, fails = false) =>
      async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        log.push(name);
        if (fails) throw new Error(name);
      };
    const tasks = [task("a", 1, true), task("b", 50), task("c", 1)];
    await expect(runTasks(tasks, 2)).rejects.toThrow("a");
    expect(log).toEqual(["a", "b"]);
  });

  test("never runs more than its limit at once", async () => {
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    await runTasks(Array(30).fill(task), 5);
    expect(most).toBe(5);
  });
});

describe("a cache of loads", () => {
  test("drops what was used longest ago when it is too heavy", async () => {
    const cache = new AsyncLru<number>(10, (value) => value);
    for (const key of [1, 2, 3]) await cache.get(key, async () => 4);
    expect([1, 2, 3].map((key) => cache.peek(key))).toEqual([undefined, 4, 4]);
    cache.peek(2);
    await cache.get(4, async () => 4);
    expect([2, 3, 4].map((key) => cache.peek(key))).toEqual([4, undefined, 4]);
  });

  test("loads once for many, and forgets a failure", async () => {
    const cache = new AsyncLru<number>(10, () => 1);
    let loads = 0;
    const load = async () => {
      if (++loads === 1) throw new Error("first");
      return 7;
    };
    const first = await Promise.allSettled([cache.get(1, load), cache.get(1, load)]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await Promise.all([cache.get(1, load), cache.get(1, load)])).toEqual([7, 7]);
    expect(loads).toBe(2);
  });
});
