import { MiB } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { describe, expect, it } from "vitest";
import { ParallelControl } from "./parallel-control.ts";

/** Lets windows of parts land on a line where `connections` reach `rate(connections)` bytes a second together. */
function landing(control: ParallelControl, clock: ReturnType<typeof virtualClock>) {
  return (windows: number, rate: (connections: number) => number) => {
    const limits: number[] = [];
    for (let window = 0; window < windows; window++) {
      const parts = control.limit;
      const ms = Math.round(((parts * 8 * MiB) / rate(parts)) * 1000);
      for (let part = 0; part < parts; part++) {
        if (part === parts - 1) clock.advance(ms);
        control.landed(8 * MiB);
      }
      limits.push(control.limit);
    }
    return limits;
  };
}

function prepared(most: number) {
  const clock = virtualClock({ jump: false });
  const control = new ParallelControl(most, clock);
  return { clock, control, land: landing(control, clock) };
}

describe("the number of parts in flight", () => {
  it("begins with four, with fewer where fewer are allowed, or with as many as were asked for", () => {
    expect(prepared(64).control.limit).toBe(4);
    expect(prepared(2).control.limit).toBe(2);
    expect(new ParallelControl(64, virtualClock(), 64).limit).toBe(64);
  });

  it("grows one by one while each connection brings its share, up to the most that are allowed", () => {
    const { land } = prepared(8);
    expect(land(7, (connections) => connections * 5 * MiB)).toEqual([5, 6, 7, 8, 8, 8, 8]);
  });

  it("goes back when one more brings nothing, and tries again only much later", () => {
    const { land } = prepared(16);
    const limits = land(14, (connections) => Math.min(connections, 6) * 5 * MiB);
    expect(limits.slice(0, 4)).toEqual([5, 6, 7, 6]);
    expect(limits.slice(4, 12)).toEqual(Array(8).fill(6));
    expect(limits[12]).toBe(7);
    expect(limits[13]).toBe(6);
  });

  it("is halved when the store asks to slow down, once for all calls of that time, and never below one", () => {
    const { clock, control, land } = prepared(16);
    land(12, (connections) => connections * 5 * MiB);
    expect(control.limit).toBe(16);
    const beganAtMs = clock.now();
    clock.advance(1000);
    for (let call = 0; call < 10; call++) control.slowDown(beganAtMs);
    expect(control.limit).toBe(8);
    for (let time = 0; time < 10; time++) {
      clock.advance(1000);
      control.slowDown(clock.now());
    }
    expect(control.limit).toBe(1);
  });

  it("recovers after it was halved", () => {
    const { clock, control, land } = prepared(8);
    clock.advance(1);
    control.slowDown(clock.now());
    expect(control.limit).toBe(2);
    expect(land(12, (connections) => connections * 5 * MiB).at(-1)).toBe(8);
  });

  it("stays where it is as long as no time passes, and tells the best rate it saw", () => {
    const { control, land } = prepared(8);
    for (let part = 0; part < 100; part++) control.landed(1);
    expect(control.limit).toBe(4);
    expect(control.bytesPerSecond).toBe(0);
    land(5, () => 20 * MiB);
    expect(Math.round(control.bytesPerSecond / MiB)).toBe(20);
  });
});
