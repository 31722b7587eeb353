import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Simulator } from "@sampan/simulator";
import { expect, it, onTestFinished } from "vitest";
import { partsSentTwice, startFleetBed } from "../helpers/fleet-bed.ts";
import { redisTools } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";

/*
 * A hundred hosts in four sites at once: who may do what, and how much of it at a time.
 */

const sites = ["cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen"] as const;
const hostsOfSite = 25;
const partsOfHost = 3;
/** What ECS lets an account do in a region at once, and what is left to the copies' queue in the cloud: nothing. */
const atOnce = { import: 10, copy: 5 };

it.skipIf(lacks(...redisTools))(
  "100 hosts in 4 sites are migrated near their disks, and no region gets more at once than it takes",
  async () => {
    // An import of minutes takes a second or so, a copy of a day a quarter of an hour.
    const bed = await startFleetBed("redis", {
      timeScale: 100,
      speed: { copyBaseMs: 24 * 3600 * 1000 },
      quotas: { images: 200 },
    });
    onTestFinished(() => bed.stop());
    const { simulator } = bed.rehearsal;
    simulator.clock.freeze();
    const highest = watchLimits(simulator);
    onTestFinished(() => highest.stop());
    const workers = await Promise.all(
      sites.map((site) =>
        bed.worker({ sites: [site], name: `worker-of-${site}`, concurrency: { site: 6, any: 60 } }),
      ),
    );
    const begun = await Promise.all(
      sites.flatMap((site, place) =>
        Array.from({ length: hostsOfSite }, async (_, number) => {
          const copyTo = [sites[(place + 1) % sites.length] ?? site];
          const plan = await bed.plan(`${site}.${number}`, { region: site, copyTo, partBytes: 1024 ** 2 });
          return bed.runner.submit(plan, { site });
        }),
      ),
    );
    // While time stands still no import ends: all that were sent wait for the few that may be under way.
    const sent = () => simulator.requests.count({ operation: "CompleteMultipartUpload", status: 200 });
    await expect.poll(sent, { timeout: 300_000, interval: 100 }).toBe(sites.length * hostsOfSite);
    await expect
      .poll(() => sites.map((site) => highest.of(site)?.import), { timeout: 30_000 })
      .toEqual(sites.map(() => atOnce.import));
    simulator.clock.unfreeze();
    await expect
      .poll(() => sites.map((site) => highest.of(site)?.copy), { timeout: 120_000 })
      .toEqual(sites.map(() => atOnce.copy));
    simulator.clock.change({ timeScale: 100_000 });
    await Promise.all(begun.map(({ handle }) => handle.result));

    const { images } = await simulator.state();
    for (const site of sites)
      expect(images.filter(({ region, status }) => region === site && status === "Available")).toHaveLength(
        2 * hostsOfSite,
      );
    const requests = simulator.requests.list();
    const landed = requests.filter(({ operation, status }) => operation === "UploadPart" && status === 200);
    expect(landed).toHaveLength(sites.length * hostsOfSite * partsOfHost);
    expect(partsSentTwice(requests)).toEqual([]);
    for (const site of sites) expect(highest.of(site)).toEqual(atOnce);

    // Each site's disks were opened by its own worker, all of them, and by no other.
    const namesOf = (paths: Iterable<string>) => [...paths].map((path) => basename(path, ".raw")).sort();
    const hostsOf = (site: string) => Array.from({ length: hostsOfSite }, (_, number) => `${site}.${number}`);
    expect(workers.map((worker) => namesOf(worker.opened()))).toEqual(
      sites.map((site) => hostsOf(site).sort()),
    );
    for (const site of sites)
      expect((await bed.runner.sites()).find((one) => one.site === site)).toMatchObject({
        workers: [`worker-of-${site}`],
        waiting: 0,
        active: 0,
      });
  },
  420_000,
);

/** Looks again and again how many imports and copies are under way in each region, those that wait in the cloud too. */
function watchLimits(simulator: Simulator) {
  const highest = new Map<string, { import: number; copy: number }>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { images } = await simulator.state();
      const now = new Map<string, { import: number; copy: number }>();
      for (const { region, name, status } of images) {
        if (status === "Available") continue;
        const kind = name.startsWith(`${region}.`) ? "import" : "copy";
        const counted = now.get(region) ?? { import: 0, copy: 0 };
        now.set(region, { ...counted, [kind]: counted[kind] + 1 });
      }
      for (const [region, counted] of now) {
        const before = highest.get(region) ?? { import: 0, copy: 0 };
        highest.set(region, {
          import: Math.max(before.import, counted.import),
          copy: Math.max(before.copy, counted.copy),
        });
      }
      await pause(40);
    }
  })();
  return {
    of: (region: string) => highest.get(region),
    async stop() {
      isOver = true;
      await watching;
    },
  };
}
