import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createFleetRunner, type FleetRunner, startFleetWorker } from "@sampan/fleet/engine";
import { Migration } from "@sampan/sdk";
import { newHostPlan, type StagedPipeline, stagedPipeline } from "@sampan/sdk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RedisServer, redisTools, startRedisServer } from "../helpers/redis-server.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";

/*
 * `sampan fleet gc` as people type it, on runs of workers of this process.
 */

interface Told {
  readonly dryRun: boolean;
  readonly runs: readonly { readonly runId: string; readonly stays: string | null; readonly bytes: number }[];
  readonly swept: { readonly stages: number } | null;
}

describe.skipIf(lacks(...redisTools))("the store of a fleet", () => {
  let redis: RedisServer;
  let rehearsal: Rehearsal;
  let folder: string;
  let fleets = 0;
  let prefix = "";
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    folder = await makeFolder();
    redis = await startRedisServer();
    rehearsal = await startRehearsal({ switches: { importRole: "ready" } });
  });
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    prefix = "";
  });
  afterAll(async () => {
    await redis?.close();
    await rehearsal?.stop();
  });

  const storeOf = () => {
    prefix ||= `fleet${++fleets}`;
    return { url: redis.url, prefix };
  };
  const gc = (...args: readonly string[]) =>
    sampan(["fleet", "gc", ...args, "--prefix", storeOf().prefix], {
      cwd: folder,
      env: { ...rehearsal.env, SAMPAN_FLEET_STORE: redis.url },
    });

  /** A runner of a cloud, whose worker does what the pipeline says; the migrations' where none is given. */
  async function fleetOf(kind: "alibaba" | "simulator", pipeline?: StagedPipeline): Promise<FleetRunner> {
    const cloud = kind === "alibaba" ? { kind } : { kind, endpoint: rehearsal.simulator.endpoint };
    const chosen = pipeline === undefined ? {} : { pipeline };
    const runner = createFleetRunner({ store: storeOf(), cloud, ...chosen });
    opened.push(runner);
    opened.push(
      await startFleetWorker({
        store: storeOf(),
        ...(pipeline === undefined ? {} : { pipelines: [pipeline] }),
        // No account is really reached.
        ...(kind === "simulator"
          ? {}
          : { services: { connect: () => Promise.reject(new Error("no cloud in this test")) } }),
      }),
    );
    return runner;
  }

  it("loses what has served, keeps what can be gone on with, and asks by the fleet's name for a real account", async () => {
    const pipeline = stagedPipeline();
    const runner = await fleetOf("alibaba", pipeline);
    const done = runner.start(newHostPlan());
    await done;
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    const failed = runner.start(newHostPlan());
    await expect(failed.result).rejects.toThrow();
    await pause(1100);

    expect((await gc("--older-than", "30d")).stderr).toContain("no run is to be removed");
    const dry = await gc("--older-than", "1s", "--dry-run");
    expect(dry.exitCode, dry.stderr).toBe(0);
    expect(dry.stdout).toMatch(new RegExp(`^would remove run ${done.id} · .*, finished, [\\d.]+ KiB\n?$`));
    expect(dry.stderr).toContain(`run ${failed.id} stays: it is failed, and can be gone on with`);

    const unasked = await gc("--older-than", "1s");
    expect(unasked.exitCode).not.toBe(0);
    expect(unasked.stderr).toContain(`--confirm ${storeOf().prefix}`);
    expect(await runner.list()).toHaveLength(2);

    const removed = await gc("--older-than", "1s", "--confirm", storeOf().prefix, "--json");
    expect(removed.exitCode, removed.stderr).toBe(0);
    const told = removed.json<Told>();
    expect(told.runs.map(({ runId, stays }) => [runId, stays])).toEqual([
      [failed.id, "resumable"],
      [done.id, null],
    ]);
    expect(told.dryRun).toBe(false);
    expect((await runner.list()).map(({ runId }) => runId)).toEqual([failed.id]);
    expect((await gc(failed.id)).stderr).toContain(`--confirm ${failed.id}`);
    const named = await gc(failed.id, "--confirm", failed.id);
    expect(named.stdout).toContain(`removed run ${failed.id}`);
    expect(await runner.list()).toEqual([]);
  });

  it("keeps a run that left something in the cloud, until it is named and that is deleted", async () => {
    const disk = join(folder, "web-01.raw");
    await writeTinyDisk(disk);
    const plan = Migration.from(disk)
      .assess({ accept: { "GUESTOS.SystemImage": "only a rehearsal" } })
      .capture()
      .toVhd()
      .upload("gc-images", { createBucket: true, key: "web-01.vhd" })
      .plan();
    const runner = await fleetOf("simulator");
    const run = runner.start(plan);
    await run;
    await pause(1100);
    const objects = async () =>
      (await rehearsal.simulator.state()).buckets.flatMap((bucket) => bucket.objects).length;
    expect(await objects()).toBe(1);

    const old = await gc("--older-than", "1s");
    expect(old.exitCode, old.stderr).toBe(0);
    expect(old.stderr).toMatch(
      /stays: it left object oss:\/\/gc-images\/web-01\.vhd in \S+, [\d.]+ \S+; `sampan fleet gc/,
    );
    expect(await runner.list()).toHaveLength(1);
    const dry = await gc(run.id, "--dry-run");
    expect(dry.stdout).toMatch(/would delete object .*\n.*would remove run /);
    expect(await objects()).toBe(1);

    const named = await gc(run.id);
    expect(named.exitCode, named.stderr).toBe(0);
    expect(await objects()).toBe(0);
    expect(await runner.list()).toEqual([]);
  });

  it("is told of what goes on, and of what was not asked for in full", async () => {
    const pipeline = stagedPipeline();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    pipeline.one.work = async () => {
      await gate;
      return null;
    };
    const runner = await fleetOf("alibaba", pipeline);
    const run = runner.start(newHostPlan());
    while (pipeline.one.calls === 0) await pause(20);
    const refused = await gc(run.id);
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain(`sampan fleet cancel ${run.id}`);
    expect((await gc("--older-than", "1s")).stderr).toContain("no run is to be removed");
    go();
    await run;
    expect((await gc()).stderr).toContain("neither a run nor an age was given");
    expect((await gc(run.id, "--older-than", "1d")).stderr).toContain("runs are named, and an age too");
    expect((await gc("--older-than", "4000d")).stderr).toContain("the longest is 3650d");
    expect((await gc("20200101-000000-aaaaa")).stderr).toContain("RUN_NOT_FOUND");
  });
});
