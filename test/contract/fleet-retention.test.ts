import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { inTurns, systemClock } from "@sampan/core";
import { createFleetRunner, openStore, startFleetWorker } from "@sampan/fleet/engine";
import { gate, newHostPlan, type StagedPipeline, stagedPipeline } from "@sampan/sdk/testing";
import { afterAll, afterEach, it as anyIt, beforeAll, describe, expect } from "vitest";
import { postgresTools, startPostgresServer } from "../helpers/postgres-server.ts";
import { redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { lacks } from "../helpers/requires.ts";
import type { StoreServer } from "../helpers/store-server.ts";

// The drivers that the fleet's package brings for its own tests.
const ofFleet = createRequire(new URL("../../packages/fleet/package.json", import.meta.url));

interface RedisDriver {
  readonly Redis: new (
    url: string,
  ) => { keys(pattern: string): Promise<string[]>; xlen(key: string): Promise<number>; disconnect(): void };
}
interface PostgresDriver {
  readonly Pool: new (options: {
    readonly connectionString: string;
    readonly options: string;
  }) => { query(text: string): Promise<{ rows: { found: string }[] }>; end(): Promise<void> };
}

const cloud = { kind: "simulator", endpoint: "http://localhost:1" } as const;
const services = {
  openHost: () => Promise.reject(new Error("no host in this test")),
  connect: () => Promise.reject(new Error("no cloud in this test")),
};

const stores = [
  { kind: "Redis", tools: redisTools, start: startRedisServer },
  { kind: "PostgreSQL", tools: postgresTools, start: startPostgresServer },
];

describe.each(stores)("what a fleet keeps on $kind", ({ kind, tools, start }) => {
  const it = lacks(...tools) ? anyIt.skip : anyIt;
  let server: StoreServer;
  let fleets = 0;
  let prefix = "";
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    if (!lacks(...tools)) server = await start();
  });
  afterAll(() => server?.close());
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    prefix = "";
  });

  const storeOf = () => {
    prefix ||= `fleet_${++fleets}`;
    return { url: server.url, prefix };
  };
  /** A runner whose clock is two hours ahead: nothing is young to it. */
  const runnerOf = (pipeline: StagedPipeline) => {
    const clock = { ...systemClock, now: () => Date.now() + 7_200_000 };
    const runner = createFleetRunner({ store: storeOf(), cloud, pipeline, clock });
    opened.push(runner);
    return runner;
  };
  const workerOf = async (pipeline: StagedPipeline, sites: readonly string[] = []) => {
    const worker = await startFleetWorker({
      store: storeOf(),
      services,
      sites,
      pipelines: [pipeline],
      leaseMs: 3000,
      stalledEveryMs: 1000,
    });
    opened.push(worker);
    return worker;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  /** What the server itself still holds that names a run, or a host or plan. */
  async function restOf(runId: string): Promise<readonly string[]> {
    if (kind === "Redis") {
      const { Redis } = ofFleet("ioredis") as RedisDriver;
      const redis = new Redis(server.url);
      const keys = await redis.keys(`${prefix}:*`);
      redis.disconnect();
      return keys.filter((key) => key.includes(runId) || /:sampan-index:(host|plan)\./.test(key)).sort();
    }
    const { Pool } = ofFleet("pg") as PostgresDriver;
    const pool = new Pool({ connectionString: server.url, options: `-c search_path=${prefix}` });
    const { rows } = await pool.query(
      `select queue || ':' || id as found from job union all select queue || ':' || job_id from job_log
       union all select parent_queue || ':' || parent_id from job_dependency order by 1`,
    );
    await pool.end();
    return rows
      .map(({ found }) => found)
      .filter((key) => key.includes(runId) || /^sampan-index:(host|plan)\./.test(key));
  }

  /** How many events of a queue the server holds. */
  async function eventsOf(queue: string): Promise<number> {
    if (kind === "Redis") {
      const { Redis } = ofFleet("ioredis") as RedisDriver;
      const redis = new Redis(server.url);
      const count = await redis.xlen(`${prefix}:${queue}:events`);
      redis.disconnect();
      return count;
    }
    const { Pool } = ofFleet("pg") as PostgresDriver;
    const pool = new Pool({ connectionString: server.url, options: `-c search_path=${prefix}` });
    const { rows } = await pool.query(`select id::text as found from event where queue = '${queue}'`);
    await pool.end();
    return rows.length;
  }

  it("is little of what happened in its queues, and all of what somebody waits to hear", async () => {
    const store = await openStore(storeOf());
    opened.push(store);
    const names = ["sampan-runs-v1", "sampan-site-a", "sampan-any", "sampan-index", "sampan-artifacts"];
    const numbers = Array.from({ length: 600 }, (_, index) => index);
    for (const name of names) {
      await inTurns(numbers, 20, (number) => store.queue(name).add("test", { number }));
      // Where a run stands is told so, and stays with what is kept.
      await (await store.queue(name).getJob("1"))?.updateProgress({ outline: true });
    }
    for (const name of names) expect([name, (await eventsOf(name)) < 600]).toEqual([name, true]);
    // Of another's queue all stay as they would.
    await inTurns(numbers, 20, (number) => store.queue("other").add("test", { number }));
    expect(await eventsOf("other")).toBeGreaterThanOrEqual(2 * numbers.length);

    const heard: number[] = [];
    const events = store.queueEvents("sampan-signals");
    await events.waitUntilReady();
    (events as NodeJS.EventEmitter).on("sampan-test", ({ number }) => heard.push(Number(number)));
    await pause(300);
    // Told faster than anybody listens.
    const told = Array.from({ length: 3000 }, (_, index) => index);
    const producer = store.producer("sampan-signals");
    await Promise.all(
      told.map((number) => producer.publishEvent({ eventName: "sampan-test", number }, 10_000)),
    );
    await until(async () => heard.length >= told.length);
    expect(heard.sort((a, b) => a - b)).toEqual(told);
    expect(await eventsOf("sampan-signals")).toBeGreaterThanOrEqual(3000);
  });

  it("is nothing of a run that was forgotten, and the host counts as one never migrated", async () => {
    const pipeline = stagedPipeline(["a"]);
    pipeline.one.place = () => ({ near: "disks" });
    pipeline.copy.place = () => ({ near: "anywhere", pool: { name: "copy-test", atOnce: 1 } });
    pipeline.one.work = async (_input, { services: { artifacts } }) => {
      await artifacts.save("overlay.v1.bin", Buffer.alloc(600_000, "x"));
      return null;
    };
    const runner = runnerOf(pipeline);
    await workerOf(pipeline, ["shanghai"]);
    const plan = newHostPlan();
    const { handle } = await runner.submit(plan, { site: "shanghai" });
    await handle;
    const other = await runner.submit(newHostPlan(), { site: "shanghai" });
    await other.handle;
    const kept = (await runner.kept([handle.id, "none"])).get(handle.id);
    expect(kept?.resources).toEqual([]);
    // Two and a third pieces of 256 KiB in base64, its journal and its plan.
    expect(kept?.bytes).toBeGreaterThan(800_000);
    expect(kept?.bytes).toBeLessThan(1_300_000);

    const store = await openStore(storeOf());
    opened.push(store);
    await until(async () => (await store.queue("sampan-runs-v1").getJobCountByTypes("completed")) === 2);
    expect(await runner.forget(handle.id)).toBe("forgotten");
    // As if whoever did that had been killed now: another goes on with it.
    expect((await restOf(handle.id)).length).toBeGreaterThan(0);
    const [swept, besides] = await Promise.all([runnerOf(pipeline).sweep(), runnerOf(pipeline).sweep()]);
    expect(Math.max(swept.artifacts, besides.artifacts)).toBe(1);
    expect((await restOf(handle.id)).filter((key) => !key.includes("sampan-index:plan."))).toEqual([]);
    await expect(runner.status(handle.id)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    expect((await runner.list()).map(({ runId }) => runId)).toEqual([other.handle.id]);
    expect(await runner.artifact(other.handle.id, "overlay.v1.bin")).toHaveLength(600_000);

    const again = await runner.submit(plan, { site: "shanghai" });
    expect(again.handle.id).not.toBe(handle.id);
    expect(again.handle.attached).toBe(false);
    await again.handle;
    for (const id of [other.handle.id, again.handle.id]) {
      await until(async () => (await runner.forget(id)) === "forgotten");
    }
    await runner.sweep();
    expect(await restOf(again.handle.id)).toEqual([]);
  });

  it("stays while a run goes on, and while it can be gone on with, unless that is said not to matter", async () => {
    const pipeline = stagedPipeline();
    const go = gate();
    pipeline.two.work = async () => {
      await go.opened;
      throw new Error("it fails");
    };
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan());
    await until(async () => pipeline.two.calls === 1);
    expect(await runner.forget(handle.id, { resumable: true })).toBe("goes on");
    await runner.sweep();
    go.open();
    await expect(handle.result).rejects.toThrow();
    expect(await runner.forget(handle.id)).toBe("resumable");
    const half = await runner.submit(newHostPlan(), { through: "one" });
    await half.handle;
    expect(await runner.forget(half.handle.id)).toBe("resumable");
    expect((await runner.list()).map(({ state }) => state).sort()).toEqual(["failed", "finished"]);
    for (const id of [handle.id, half.handle.id])
      await until(async () => (await runner.forget(id, { resumable: true })) === "forgotten");
    await runner.sweep();
    expect([...(await restOf(handle.id)), ...(await restOf(half.handle.id))]).toEqual([]);
  });

  it("is either forgotten or gone on with where both are asked for at once, by several", async () => {
    const pipeline = stagedPipeline();
    const runner = runnerOf(pipeline);
    const others = [runnerOf(pipeline), runnerOf(pipeline)];
    const resumer = runnerOf(pipeline);
    await workerOf(pipeline);
    const became: string[] = [];
    for (let round = 0; round < 12; round++) {
      pipeline.two.work = async () => {
        throw new Error("it fails");
      };
      const { handle } = await runner.submit(newHostPlan());
      await expect(handle.result).rejects.toThrow();
      pipeline.two.work = async () => null;
      const [first, second, resumed] = await Promise.all([
        ...others.map((one, index) =>
          new Promise((resolve) => setTimeout(resolve, round * (index + 1))).then(() =>
            one.forget(handle.id, { resumable: true }).catch((error) => error.code as string),
          ),
        ),
        resumer.resume(handle.id).result.then(
          () => "finished",
          (error) => error.code as string,
        ),
      ]);
      const forgotten = [first, second].filter((one) => one === "forgotten").length;
      expect(forgotten).toBeLessThanOrEqual(1);
      // One that went on and finished may be forgotten after that.
      if (resumed !== "finished") expect([resumed, forgotten]).toEqual(["RUN_NOT_FOUND", 1]);
      if (forgotten === 0) expect((await runner.status(handle.id)).state).toBe("finished");
      became.push(`${resumed} ${forgotten}`);
    }
    await runner.sweep();
    expect(became).toHaveLength(12);
  });

  it("are the jobs of stages only as long as they are needed", async () => {
    const pipeline = stagedPipeline(["a", "b"]);
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan());
    await expect(handle.result).rejects.toThrow();
    const store = await openStore(storeOf());
    opened.push(store);
    const stages = () => store.queue("sampan-any").getJobCounts("completed", "failed");
    // What undid it, and what failed: the end of the run rests on them.
    expect(await stages()).toEqual({ completed: 1, failed: 1 });
    pipeline.two.work = async () => null;
    expect(await runner.resume(handle.id)).toMatchObject({ complete: true });
    expect([pipeline.one.calls, pipeline.copy.calls]).toEqual([1, 2]);
    expect(await stages()).toEqual({ completed: 1, failed: 1 });
    expect((await runner.status(handle.id)).stages.map(({ state }) => state)).toEqual(
      Array(4).fill("finished"),
    );
    await until(async () => (await runner.forget(handle.id)) === "forgotten");
    await runner.sweep();
    expect(await stages()).toEqual({ completed: 0, failed: 0 });
  });

  it("says of a run whose job was given up that it failed, and why, to whoever asks, follows or resumes it", async () => {
    const pipeline = stagedPipeline();
    const runner = runnerOf(pipeline);
    const store = await openStore(storeOf());
    opened.push(store);
    const plan = newHostPlan();
    const { handle } = await runner.submit(plan);
    const breaking = store.worker(
      "sampan-runs-v1",
      async () => {
        throw new store.bullmq.UnrecoverableError("the machine is too small");
      },
      { name: "breaking" },
    );
    await expect(handle.result).rejects.toMatchObject({
      code: "RUN_INTERRUPTED",
      message: expect.stringContaining("the machine is too small"),
    });
    await breaking.close();
    const expected = {
      state: "failed",
      error: { code: "RUN_INTERRUPTED", message: expect.stringContaining("the machine is too small") },
    };
    expect(await runner.status(handle.id)).toMatchObject(expected);
    expect(await runner.list()).toMatchObject([expected]);
    expect(await runner.waitsFor(handle.id)).toBeNull();
    expect(await runner.forget(handle.id)).toBe("resumable");
    // Nor does it keep the host from others.
    await workerOf(pipeline);
    const other = await runner.submit(plan, { again: true });
    await other.handle;
    expect(other.handle.id).not.toBe(handle.id);
    expect(await runner.resume(handle.id)).toMatchObject({ complete: true });
  });
});
