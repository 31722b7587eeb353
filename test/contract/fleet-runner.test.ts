import { createFleetRunner, startFleetWorker } from "@sampan/fleet/engine";
import { runnerContract } from "@sampan/sdk/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { postgresTools, startPostgresServer } from "../helpers/postgres-server.ts";
import { redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";
import type { StoreServer } from "../helpers/store-server.ts";

const services = {
  openHost: () => Promise.reject(new Error("no host in this test")),
  connect: () => Promise.reject(new Error("no cloud in this test")),
};

describe.each([
  { kind: "Redis", tools: redisTools, start: startRedisServer },
  { kind: "PostgreSQL", tools: postgresTools, start: startPostgresServer },
])("on $kind", ({ kind, tools, start }) => {
  describe.skipIf(lacks(...tools))("a fleet", () => {
    let server: StoreServer;
    let fleets = 0;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.close());

    runnerContract(`a fleet's on ${kind}`, async (pipeline) => {
      // One in each test, so that none sees the runs of another.
      const store = { url: server.url, prefix: `fleet_${++fleets}` };
      const startWorker = (name: string) =>
        startFleetWorker({
          store,
          name,
          services,
          pipelines: [pipeline],
          leaseMs: 3000,
          stalledEveryMs: 1000,
        });
      let working = await startWorker("first");
      const cloud = { kind: "simulator", endpoint: "http://localhost:1" } as const;
      const runner = createFleetRunner({ store, cloud, pipeline });
      return {
        runner,
        async takeOver() {
          const before = working;
          working = await startWorker("second");
          await before.close();
        },
        async close() {
          await runner.close();
          await working.close();
        },
      };
    });
  });
});
