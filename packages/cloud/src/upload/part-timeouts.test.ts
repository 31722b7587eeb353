import { GiB, KiB, MiB } from "@sampan/core";
import { virtualClock } from "@sampan/core/testing";
import { expect, it } from "vitest";
import { bandwidthLimit } from "./bandwidth-limit.ts";
import { PartTimeouts } from "./part-timeouts.ts";

it("gives a part more time than it needs at the assumed rate before anything was measured", () => {
  const timeouts = new PartTimeouts();
  expect(timeouts.forPart(8 * MiB, 0)).toBeGreaterThanOrEqual(60_000 + 128_000);
});

it("gives large parts on slow lines the time they need", () => {
  const timeouts = new PartTimeouts();
  timeouts.measured(1 * MiB, 64_000);
  const neededMs = ((100 * MiB) / (16 * KiB)) * 1000;
  expect(timeouts.forPart(100 * MiB, 0)).toBeGreaterThan(neededMs * 2);
});

it("learns from an attempt that ran out of time how slow the line has become", () => {
  const timeouts = new PartTimeouts();
  timeouts.measured(8 * MiB, 1_000);
  // Now 24 KiB a second: the first attempt runs out of time, and says so.
  const slow = 24 * KiB;
  const neededMs = ((8 * MiB) / slow) * 1000;
  const firstMs = timeouts.forPart(8 * MiB, 0);
  expect(firstMs).toBeLessThan(neededMs);
  timeouts.measured((firstMs / 1000) * slow, firstMs);
  expect(timeouts.forPart(8 * MiB, 1)).toBeGreaterThan(neededMs * 3);
  expect(timeouts.forPart(8 * MiB, 0)).toBeGreaterThan(neededMs * 3);
});

it("doubles with each attempt that ran out of time and has an end", () => {
  const timeouts = new PartTimeouts();
  const first = timeouts.forPart(8 * MiB, 0);
  expect(timeouts.forPart(8 * MiB, 1)).toBe(first * 2);
  expect(timeouts.forPart(5 * GiB, 30)).toBe(6 * 3_600_000);
});

it("allows for a limit of bandwidth", () => {
  const limited = new PartTimeouts(16 * KiB);
  limited.measured(64 * MiB, 1000);
  expect(limited.forPart(8 * MiB, 0)).toBeGreaterThan(((8 * MiB) / (16 * KiB)) * 1000);
});

it("holds all pieces together to the limit", async () => {
  const clock = virtualClock();
  const startedAt = clock.now();
  const pace = bandwidthLimit(1 * MiB, clock);
  for (let piece = 0; piece < 160; piece++) await pace(64 * KiB);
  const tookMs = clock.now() - startedAt;
  expect(tookMs).toBeGreaterThan(9_000);
  expect(tookMs).toBeLessThan(10_100);
});

it("does not save up a pause", async () => {
  const clock = virtualClock();
  const pace = bandwidthLimit(64 * KiB, clock);
  await pace(64 * KiB);
  clock.advance(3_600_000);
  const startedAt = clock.now();
  for (let piece = 0; piece < 10; piece++) await pace(64 * KiB);
  expect(clock.now() - startedAt).toBeGreaterThan(8_000);
});
