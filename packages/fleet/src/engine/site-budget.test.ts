import { virtualClock } from "@sampan/core/testing";
import { expect, it } from "vitest";
import { SiteBudget } from "./site-budget.ts";

const MB = 1_000_000;

/** How long it takes a budget to let so many megabytes go, in milliseconds of its clock. */
async function timeOf(
  budget: SiteBudget,
  clock: { monotonic(): number },
  megabytes: number,
): Promise<number> {
  const startMs = clock.monotonic();
  for (let sent = 0; sent < megabytes; sent++) await budget.pace(MB);
  return clock.monotonic() - startMs;
}

it("lets a worker send an equal share of what its site may, as many as there are", async () => {
  const clock = virtualClock();
  const budget = new SiteBudget({ bytesPerSecond: 8 * MB, uploads: 2, clock });
  expect(budget.shareBytesPerSecond).toBe(4 * MB);
  const alone = await timeOf(budget, clock, 80);
  expect(alone).toBeGreaterThan(9000);
  expect(alone).toBeLessThan(10_500);
  budget.workers = 4;
  expect(budget.shareBytesPerSecond).toBe(MB);
  const shared = await timeOf(budget, clock, 20);
  expect(shared).toBeGreaterThan(9000);
  expect(shared).toBeLessThan(10_500);
});

it("never lets a connection fall silent", () => {
  const budget = new SiteBudget({ bytesPerSecond: 100_000, uploads: 4, clock: virtualClock() });
  budget.workers = 50;
  expect(budget.shareBytesPerSecond).toBe(16 * 1024);
});
