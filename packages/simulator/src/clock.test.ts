import { expect, it } from "vitest";
import { SimulatorClock } from "./clock.ts";

function clockAt(
  startMs: number,
  timeScale = 1,
): { readonly clock: SimulatorClock; readonly pass: (ms: number) => void } {
  let nowMs = startMs;
  const clock = new SimulatorClock({ now: () => nowMs }, timeScale);
  return {
    clock,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

it("runs as many times faster as it is told, from where it was", () => {
  const { clock, pass } = clockAt(1000, 60);
  pass(10);
  expect(clock.now()).toBe(1600);
  clock.change({ timeScale: 1 });
  pass(10);
  expect(clock.now()).toBe(1610);
  expect(clock.serviceNow()).toBe(1020);
});

it("stands still while frozen and moves when pushed", () => {
  const { clock, pass } = clockAt(0);
  clock.freeze();
  pass(5000);
  expect(clock.now()).toBe(0);
  clock.advance(250);
  expect(clock.now()).toBe(250);
  clock.unfreeze();
  pass(10);
  expect(clock.now()).toBe(260);
});

it("keeps its skew apart from simulated time", () => {
  const { clock } = clockAt(0);
  clock.change({ skewMs: -60_000 });
  expect([clock.now(), clock.serviceNow()]).toEqual([0, -60_000]);
});

it("refuses to go back, and changes nothing then", () => {
  const { clock } = clockAt(100);
  for (const change of [
    { advanceMs: -1 },
    { timeScale: -1 },
    { timeScale: Number.NaN },
    { skewMs: Number.NaN },
  ]) {
    expect(() => clock.change({ ...change, frozen: true })).toThrow(RangeError);
  }
  expect(clock.describe()).toEqual({ nowMs: 100, timeScale: 1, frozen: false, skewMs: 0 });
});
