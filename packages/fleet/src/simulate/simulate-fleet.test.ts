import { GiB } from "@sampan/core";
import { Migration } from "@sampan/sdk";
import { expect, it } from "vitest";
import { assuming } from "../advice/assumptions.ts";
import type { FleetMigration } from "../fleet-host.ts";
import { seededRandom } from "./seeded-random.ts";
import { simulateFleet } from "./simulate-fleet.ts";

const startMs = Date.parse("2026-03-02T00:00:00Z");

function migration(name: string, more: Partial<FleetMigration["host"]> = {}): FleetMigration {
  const host = {
    name,
    source: `${name}.vhd`,
    site: "shanghai",
    disks: [],
    bucket: "moved-images",
    region: "cn-shanghai",
    targets: [],
    wave: "1",
    owner: null,
    after: [],
    sizeBytes: 10 * GiB,
    usedBytes: 6_000_000_000,
    more: {},
    ...more,
  };
  const plan = Migration.from(host.source)
    .assess()
    .capture()
    .toVhd()
    .upload(host.bucket)
    .import({ name: `moved-${name}` })
    .plan();
  return { host, plan };
}

/** Nothing takes time but uploads at 10 MB/s for a host, and imports of a minute, one at a time. */
const assumed = assuming(
  {
    callSeconds: 0,
    assessSeconds: 0,
    layoutSeconds: 0,
    momentSeconds: 0,
    hostBytesPerSecond: 10e6,
    importBytesPerSecond: (10 * GiB) / 60,
    importsAtOnce: 1,
  },
  "a test",
);
const minutes = (iso: string | null) => (iso === null ? null : (Date.parse(iso) - startMs) / 60_000);

it("says when each wave ends, what the lines carry and what limits", async () => {
  const fleet = [
    migration("a"),
    migration("b"),
    migration("c"),
    migration("d", { site: "beijing" }),
    migration("e", { wave: "2" }),
  ];
  const found = await simulateFleet(fleet, { bandwidth: { shanghai: 15e6 } }, { assumed, startMs });
  // Three share 15 MB/s for 20 minutes, the fourth has its 10 minutes, then imports one after the other.
  expect(found.hosts.map((host) => [host.host, minutes(host.startsAt), minutes(host.endsAt)])).toEqual([
    ["d", 0, 11],
    ["a", 0, 21],
    ["b", 0, 22],
    ["c", 0, 23],
    ["e", 23, 34],
  ]);
  expect(found.waves).toEqual([
    {
      wave: "1",
      startsAt: "2026-03-02T00:00:00.000Z",
      endsAt: "2026-03-02T00:23:00.000Z",
      hosts: 4,
      failed: 0,
      skipped: 0,
      stopped: null,
    },
    {
      wave: "2",
      startsAt: "2026-03-02T00:23:00.000Z",
      endsAt: "2026-03-02T00:34:00.000Z",
      hosts: 1,
      failed: 0,
      skipped: 0,
      stopped: null,
    },
  ]);
  expect(found.sites).toEqual([
    {
      site: "beijing",
      hosts: 1,
      bytesPerSecond: 12.5e6,
      bytes: 6e9,
      busyShare: Number((6e9 / (12.5e6 * 660)).toFixed(4)),
      peakUploads: 1,
      peakHosts: 1,
      startsAt: "2026-03-02T00:00:00.000Z",
      endsAt: "2026-03-02T00:11:00.000Z",
    },
    {
      site: "shanghai",
      hosts: 4,
      bytesPerSecond: 15e6,
      bytes: 24e9,
      busyShare: Number((24e9 / (15e6 * 34 * 60)).toFixed(4)),
      peakUploads: 3,
      peakHosts: 3,
      startsAt: "2026-03-02T00:00:00.000Z",
      endsAt: "2026-03-02T00:34:00.000Z",
    },
  ]);
  expect(found.bottlenecks).toEqual([
    {
      kind: "bandwidth",
      name: "shanghai",
      share: 0.5882,
      says: expect.objectContaining({ text: "the line of shanghai slowed uploads down" }),
    },
    {
      kind: "imports",
      name: "cn-shanghai",
      share: 0.0588,
      says: expect.objectContaining({ text: "imports waited for others in cn-shanghai, 2 at the most" }),
    },
  ]);
});

it("tells every number it rests on, where it is from and for how many hosts, and none besides", async () => {
  const fleet = [migration("a"), migration("b", { sizeBytes: null, usedBytes: null, site: "beijing" })];
  const { assumptions } = await simulateFleet(
    fleet,
    { bandwidth: { beijing: 1e6 } },
    { assumed, startMs, failureRate: 0 },
  );
  expect(assumptions.slice(0, 6)).toEqual([
    {
      name: "start",
      value: "2026-03-02T00:00:00.000Z",
      unit: "time",
      basis: expect.objectContaining({ text: "as told" }),
      hosts: null,
    },
    {
      name: "failureRate",
      value: 0,
      unit: "share",
      basis: expect.objectContaining({
        text: "as told; which hosts fail and in which stage is drawn by seed 1",
      }),
      hosts: null,
    },
    {
      name: "bandwidth beijing",
      value: 1e6,
      unit: "bytes/s",
      basis: expect.objectContaining({ text: "the policy" }),
      hosts: 1,
    },
    {
      name: "bandwidth shanghai",
      value: 12.5e6,
      unit: "bytes/s",
      basis: expect.objectContaining({ key: "assumed.siteBytesPerSecond" }),
      hosts: 1,
    },
    {
      name: "importsAtOnce",
      value: 1,
      unit: "at once",
      basis: expect.objectContaining({ text: "a test" }),
      hosts: null,
    },
    expect.objectContaining({ hosts: 2 }),
  ]);
  const names = assumptions.map(({ name }) => name);
  expect(assumptions.find(({ name }) => name === "diskBytes")).toMatchObject({ value: 40 * GiB, hosts: 1 });
  expect(names).not.toContain("copyBytesPerSecond");
  expect(names).not.toContain("copiesAtOnce");
  expect(new Set(names).size).toBe(names.length);
});

it("is the driver that migrates: canaries, limits, dependencies and hours hold", async () => {
  const fleet = [
    migration("web", { after: ["db"] }),
    ...["a", "b", "c"].map((name) => migration(name, { site: "beijing" })),
    migration("db"),
    migration("night", { site: "berlin" }),
  ];
  const found = await simulateFleet(
    fleet,
    {
      canaries: 1,
      hostsPerSite: 2,
      blackouts: [{ site: "berlin", from: "00:00", to: "06:00", timeZone: "Europe/Berlin" }],
    },
    { assumed, startMs },
  );
  const begins = Object.fromEntries(found.hosts.map(({ host, startsAt }) => [host, minutes(startsAt)]));
  expect(begins).toEqual({ db: 0, web: 11, a: 11, b: 11, c: 28, night: 300 });
  expect(found.bottlenecks.map(({ kind, name }) => [kind, name])).toEqual([
    ["blackout", "berlin"],
    ["hosts-per-site", "beijing"],
    ["bandwidth", "beijing"],
    ["canaries", null],
  ]);
});

it("lets as many fail as told, in some stage, the same ones for the same seed", async () => {
  const fleet = Array.from({ length: 400 }, (_, index) => migration(`h${index}`, { site: `s${index % 7}` }));
  const simulate = (seed: number, policy = {}) =>
    simulateFleet(fleet, { failureLimit: 1, ...policy }, { assumed, startMs, failureRate: 0.1, seed });
  const failed = (found: { hosts: readonly { host: string; outcome: string }[] }) =>
    found.hosts.flatMap(({ host, outcome }) => (outcome === "failed" ? [host] : [])).sort();
  const one = await simulate(1);
  expect(one).toEqual(await simulate(1));
  expect(one.outcomes.failed).toBeGreaterThan(20);
  expect(one.outcomes.failed).toBeLessThan(60);
  expect(failed(await simulate(1, { hostsAtOnce: 5 }))).toEqual(failed(one));
  expect(failed(await simulate(2))).not.toEqual(failed(one));
  expect((await simulate(1, { failureLimit: 0.01 })).waves[0]?.stopped).toMatch(
    /hosts failed, more than 1 %/,
  );
  await expect(simulateFleet(fleet, {}, { failureRate: 2 })).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
});

it("ends when it is cancelled", async () => {
  await expect(
    simulateFleet([migration("a")], {}, { assumed, startMs, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "CORE_CANCELLED" });
});

it("draws numbers that spread over all there are", () => {
  const random = seededRandom(0);
  const counts = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let turn = 0; turn < 8_000; turn++) {
    const at = Math.floor(random() * 8);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
