import { GiB } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { FleetHost, FleetMigration } from "../fleet-host.ts";
import type { FleetPolicy } from "../fleet-policy.ts";
import { siteClocks } from "../schedule/blackouts.ts";
import { wholePolicy } from "../schedule/policy.ts";
import { simulateFleet } from "./simulate-fleet.ts";

/*
 * The driver as a whole, through the simulation: whatever a fleet is and comes to, what can be seen from outside keeps to its policy.
 */

const startMs = Date.parse("2026-03-06T08:00:00Z");
const sites = ["beijing", "shanghai", "berlin"];

const fleets = fc
  .array(
    fc.record({
      site: fc.constantFrom(...sites),
      wave: fc.integer({ min: 1, max: 3 }),
      waits: fc.array(fc.nat(), { maxLength: 2 }),
      gibibytes: fc.integer({ min: 1, max: 90 }),
      copies: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) =>
    rows.map(({ site, wave, waits, gibibytes, copies }, index): FleetMigration => {
      const possible = rows.flatMap((other, at) => (at < index && other.wave <= wave ? [`host-${at}`] : []));
      const after = possible.length === 0 ? [] : waits.map((at) => possible[at % possible.length] as string);
      const name = `host-${index}`;
      const host: FleetHost = {
        name,
        source: `${name}.vhd`,
        site,
        disks: [],
        bucket: "moved-images",
        region: "cn-hangzhou",
        targets: copies ? ["cn-shanghai"] : [],
        wave: `${wave}`,
        owner: null,
        after,
        sizeBytes: gibibytes * GiB,
        usedBytes: null,
        more: {},
      };
      const imported = Migration.from(host.source)
        .assess()
        .capture()
        .toVhd()
        .upload(host.bucket)
        .import({ name });
      return { host, plan: (copies ? imported.copyTo("cn-shanghai") : imported).plan() };
    }),
  );
const policies: fc.Arbitrary<FleetPolicy> = fc.record({
  canaries: fc.integer({ min: 0, max: 2 }),
  failureLimit: fc.constantFrom(0.2, 0.5, 1),
  hostsPerSite: fc.integer({ min: 1, max: 4 }),
  hostsAtOnce: fc.integer({ min: 1, max: 7 }),
  bandwidth: fc.constantFrom({}, { berlin: 3e6, shanghai: 1e9 }),
  blackouts: fc.subarray<NonNullable<FleetPolicy["blackouts"]>[number]>([
    { from: "06:00", to: "20:00", days: ["mon", "wed", "fri"], timeZone: "Asia/Shanghai" },
    { site: "berlin", from: "20:00", to: "03:00", timeZone: "Europe/Berlin" },
  ]),
});

/** The most that went on at the same time; what ends at a moment makes room for what begins then. */
function mostAtOnce(spans: readonly (readonly [number, number])[]): number {
  const changes = spans.flatMap(([from, to]) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

it("keeps to the policy and ends each host once, whatever the fleet and however much fails", async () => {
  await fc.assert(
    fc.asyncProperty(
      fleets,
      policies,
      fc.constantFrom(0, 0.1, 0.4),
      fc.nat(),
      async (fleet, policy, failureRate, seed) => {
        const found = await simulateFleet(fleet, policy, { startMs, failureRate, seed });
        const whole = wholePolicy(policy, new Set(sites), startMs);
        const clockOf = siteClocks(whole.blackouts);
        const endOf = new Map(found.hosts.map((one) => [one.host, one]));
        expect(found.hosts).toHaveLength(fleet.length);
        expect(endOf.size).toBe(fleet.length);
        expect(Object.values(found.outcomes).reduce((sum, count) => sum + count, 0)).toBe(fleet.length);
        const spans: (readonly [number, number, string])[] = [];
        for (const { host } of fleet) {
          const own = endOf.get(host.name);
          if (own === undefined || own.startsAt === null) {
            expect(own?.outcome).toBe("skipped");
            continue;
          }
          const beganMs = Date.parse(own.startsAt);
          spans.push([beganMs, Date.parse(own.endsAt), host.site]);
          expect(clockOf(host.site)(beganMs).paused).toBe(false);
          for (const other of host.after) {
            expect(endOf.get(other)?.outcome).toBe("done");
            expect(Date.parse(endOf.get(other)?.endsAt ?? "")).toBeLessThanOrEqual(beganMs);
          }
          for (const { wave, endsAt } of found.waves)
            if (wave < host.wave) expect(Date.parse(endsAt)).toBeLessThanOrEqual(beganMs);
        }
        expect(mostAtOnce(spans.map(([from, to]) => [from, to]))).toBeLessThanOrEqual(whole.hostsAtOnce);
        for (const site of sites) {
          const there = spans.flatMap(([from, to, where]) => (where === site ? [[from, to] as const] : []));
          expect(mostAtOnce(there)).toBeLessThanOrEqual(whole.hostsPerSite);
        }
        // No line carries more than it can.
        for (const { busyShare, bytes, bytesPerSecond, startsAt, endsAt } of found.sites) {
          const seconds = (Date.parse(endsAt ?? "") - Date.parse(startsAt ?? "")) / 1000;
          if (startsAt !== null) expect(bytes).toBeLessThanOrEqual(bytesPerSecond * seconds * 1.000_001);
          expect(busyShare).toBeLessThanOrEqual(1);
        }
        for (const { share } of found.bottlenecks) expect(share).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 40 },
  );
});
