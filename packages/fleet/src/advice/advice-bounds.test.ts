import { GiB, TiB } from "@sampan/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { FleetHost, FleetMigration } from "../fleet-host.ts";
import { usualPlan } from "../inventory/usual-plan.ts";
import { simulateFleet } from "../simulate/simulate-fleet.ts";
import { adviseFleet } from "./advise-fleet.ts";

const row = fc.record({
  sizeBytes: fc.option(fc.integer({ min: GiB, max: TiB })),
  usedBytes: fc.option(fc.integer({ min: 1, max: 200 * GiB })),
  site: fc.constantFrom("a", "b"),
  wave: fc.constantFrom("1", "2"),
  targets: fc.subarray(["cn-shanghai", "ap-southeast-1"]),
  waits: fc.boolean(),
});

it("the simulation of a fleet is never quicker than the advice says it can be, and not much slower as a rule", async () => {
  const ratios: number[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1e6, max: 2e8 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(3),
      async (rows, rate, atOnce, canaries) => {
        const migrations = rows.map(({ waits, ...change }, index): FleetMigration => {
          const before = rows.slice(0, index).findIndex(({ wave }) => wave <= change.wave);
          const host: FleetHost = {
            name: `h${index}`,
            source: `ssh://h${index}`,
            disks: [],
            bucket: "web",
            region: "cn-hangzhou",
            owner: null,
            more: {},
            ...change,
            after: waits && before >= 0 ? [`h${before}`] : [],
          };
          return { host, plan: usualPlan(host).plan() };
        });
        const policy = { bandwidth: { a: rate }, hostsPerSite: atOnce, hostsAtOnce: atOnce + 2, canaries };
        const advice = adviseFleet(migrations, policy);
        const simulated = await simulateFleet(migrations, policy, { startMs: 0 });
        const hours = (Date.parse(simulated.endsAt) - Date.parse(simulated.startsAt)) / 3_600_000;
        // Hours of each wave are rounded.
        expect(hours).toBeGreaterThanOrEqual(advice.hours - 0.02);
        ratios.push(hours / Math.max(advice.hours, 0.5));
      },
    ),
    { numRuns: 60 },
  );
  ratios.sort((a, b) => a - b);
  expect(ratios[ratios.length >> 1]).toBeLessThan(1.25);
});
