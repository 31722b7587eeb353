import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GiB, MiB } from "@sampan/core";
import {
  assuming,
  earlierRuns,
  type FleetMigration,
  type FleetPolicy,
  type RunFleetOptions,
  runFleet,
  type Simulation,
  simulateFleet,
  siteBudgets,
} from "@sampan/fleet";
import { createEmbeddedRunner, Migration, type Runner, resolvePlan } from "@sampan/sdk";
import { Simulator } from "@sampan/simulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type QuietClock, quietClock } from "../helpers/quiet-clock.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";

/*
 * The capacity model against a real small fleet: eight disks in two sites go through the driver, the embedded runner and the vendor's
 * clients to a simulated cloud, whose imports and copies, and the sites' lines, are as fast as the model is told they are. A clock that
 * jumps makes ten minutes of it pass in seconds.
 */

const importSeconds = 20;
const copySeconds = 30;
const accept = { "GUESTOS.SystemImage": "nothing is to boot from it" };

let folder: string;
let simulator: Simulator;
let clock: QuietClock;
beforeAll(async () => {
  folder = await makeFolder();
  simulator = await Simulator.start({
    switches: { importRole: "ready" },
    speed: {
      importWaitingMs: 0,
      importBaseMs: importSeconds * 1000,
      importPerGiBMs: 0,
      copyBaseMs: copySeconds * 1000,
      copyPerGiBMs: 0,
    },
  });
  clock = quietClock(simulator);
});
afterAll(async () => {
  clock?.stop();
  await simulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a disk with a partition and no guest, of which no two kilobytes are the same, and gives what migrates it. */
async function migration(
  name: string,
  site: string,
  mebibytes: number,
  more: Partial<FleetMigration["host"]> = {},
): Promise<FleetMigration> {
  const disk = Buffer.alloc(mebibytes * MiB);
  for (let offset = 4096; offset < disk.length; offset += 8) disk.writeDoubleLE(Math.sin(offset), offset);
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0xff, 0x0f, 0, 0], 446);
  disk.set([0x55, 0xaa], 510);
  await writeFile(join(folder, `${name}.raw`), disk);
  const targets = more.targets ?? [];
  const imported = Migration.from(`${name}.raw`)
    .assess({ accept })
    .capture()
    .toVhd()
    .upload("moved-images", { createBucket: true, parallel: 1, key: `${name}.vhd` })
    .import({ name });
  const [first, ...others] = targets;
  const plan = first === undefined ? imported : imported.copyTo(first, ...others);
  return {
    host: {
      name,
      source: `${name}.raw`,
      site,
      disks: [],
      bucket: "moved-images",
      region: "cn-hangzhou",
      targets,
      wave: "1",
      owner: null,
      after: [],
      sizeBytes: disk.length,
      usedBytes: disk.length,
      more: {},
      ...more,
    },
    plan: resolvePlan(plan.plan(), folder),
  };
}

/** The embedded runners of the sites, each with the budget of its own. */
function starter(policy: FleetPolicy): { readonly start: RunFleetOptions["start"]; readonly runner: Runner } {
  const budgets = siteBudgets(policy, clock);
  const home = join(folder, ".sampan");
  const runners = new Map(
    [...budgets].map(([site, bandwidth]) => [
      site,
      createEmbeddedRunner({
        home,
        cloud: { kind: "simulator", endpoint: simulator.endpoint },
        clock,
        random: () => 0.5,
        bandwidth,
      }),
    ]),
  );
  const runner = runners.values().next().value as Runner;
  return { start: ({ host, plan }) => (runners.get(host.site) as Runner).start(plan), runner };
}

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
/** The hosts of a simulation in the order they begin in; those that begin at the same moment in that of the fleet. */
const order = (migrations: readonly FleetMigration[], { hosts }: Simulation) => {
  const startOf = new Map(hosts.map(({ host, startsAt }) => [host, Date.parse(startsAt ?? "")]));
  const names = migrations.map(({ host }) => host.name);
  return names.sort((a, b) => (startOf.get(a) ?? 0) - (startOf.get(b) ?? 0));
};

it("begins hosts in the order and ends waves at the time that a real small fleet does", async () => {
  const migrations = await Promise.all([
    migration("web", "shanghai", 6, { after: ["db"] }),
    migration("app", "shanghai", 4),
    migration("db", "shanghai", 2, { targets: ["cn-shanghai", "cn-beijing"] }),
    migration("mail", "beijing", 8, { targets: ["cn-shanghai"] }),
    migration("wiki", "beijing", 4),
    migration("shop", "beijing", 2),
    migration("last", "shanghai", 2, { wave: "2" }),
    migration("least", "beijing", 4, { wave: "2" }),
  ]);
  const policy: FleetPolicy = {
    canaries: 1,
    hostsPerSite: 2,
    bandwidth: { shanghai: 32 * 1024, beijing: 64 * 1024 },
  };
  const assumed = assuming(
    {
      callSeconds: 0,
      assessSeconds: 0,
      layoutSeconds: 0,
      momentSeconds: 0,
      importBytesPerSecond: GiB / importSeconds,
      copyBytesPerSecond: GiB / copySeconds,
    },
    "what the simulated cloud of this test takes",
  );
  const model: Simulation = await simulateFleet(migrations, policy, { assumed, startMs: clock.now() });

  const { start, runner } = starter(policy);
  const fleet = runFleet(migrations, policy, { start, clock });
  const begun: string[] = [];
  const waveEnds = new Map<string, string>();
  let startedAt = "";
  fleet.events.subscribe((event) => {
    if (event.type === "fleet.started") startedAt = event.at;
    if (event.type === "host.started") begun.push(event.host);
    if (event.type === "wave.finished") waveEnds.set(event.wave, event.at);
  });
  const { outcomes, hosts } = await fleet.result;
  // Each is done with a warning: what the plan accepts is still told.
  expect(hosts.map(({ error }) => error).filter((error) => error !== null)).toEqual([]);
  expect(outcomes.warnings).toBe(8);

  expect(begun).toEqual(order(migrations, model));
  for (const { wave, endsAt } of model.waves) {
    const expected = seconds(model.startsAt, endsAt);
    const real = seconds(startedAt, waveEnds.get(wave) ?? "");
    expect(real / expected, `wave ${wave}: ${real} s, and ${expected} s by the model`).toBeGreaterThan(0.9);
    expect(real / expected, `wave ${wave}: ${real} s, and ${expected} s by the model`).toBeLessThan(1.25);
  }

  // Another driver finds all of it done: no canary is waited for, and no time passes.
  const again = runFleet(migrations, policy, { start, clock, earlier: earlierRuns(await runner.list()) });
  const beforeMs = clock.now();
  expect((await again.result).outcomes.warnings).toBe(8);
  expect(clock.now() - beforeMs).toBeLessThan(60_000);
}, 400_000);
