import { setTimeout as pause } from "node:timers/promises";
import type { FleetStore } from "@sampan/fleet/engine";
import { handedOverTo, hostLockPath, takeLock } from "@sampan/sdk/engine";
import { gate, newHostPlan, stagedPipeline, untilAborted } from "@sampan/sdk/testing";
import { describe, expect } from "vitest";
import {
  artifactQueue,
  changedStore,
  embeddedRun,
  indexQueue,
  otherPlan,
  runQueue,
  stagedFleets,
  stores,
  until,
} from "../helpers/staged-fleet.ts";

/*
 * What goes wrong in the middle of something: whoever does it ends there, or the store answers late, twice or not at all. A store is made to
 * do so by one of its queues.
 */

const never = () => new Promise<never>(() => undefined);
const nearDisks = () => ({ near: "disks" }) as const;

describe.each(stores)("a fleet on $kind", (kind) => {
  const fleet = stagedFleets(kind);
  const { it, openStore, runnerOf, workerOf } = fleet;

  it("has the host for a run that is resumed before its end was done with", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.work = (_input, context) => untilAborted(context);
    // Ends after the end of the run is recorded, and before it lets go of the host.
    const ending = changedStore(await openStore(), indexQueue, (queue) => ({
      addJobLog: (job, row, keep) => (row.includes('"release"') ? never() : queue.addJobLog(job, row, keep)),
    }));
    const first = await workerOf(pipeline, { store: ending });
    const runner = runnerOf(pipeline);
    const plan = newHostPlan();
    const failed = runner.start(plan);
    await until(async () => pipeline.two.calls === 1);
    await runner.cancel(failed.id);
    await expect(failed.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });

    const go = gate();
    pipeline.two.work = async () => {
      await go.opened;
      return null;
    };
    const resumed = runner.resume(failed.id);
    await pause(300);
    await first.close();
    await workerOf(pipeline);
    await until(async () => pipeline.two.calls === 2);
    await expect(runner.start(otherPlan(plan)).result).rejects.toMatchObject({
      code: "RUN_LOCKED",
      details: { runId: failed.id },
    });
    go.open();
    await resumed;
  });

  it("gives a host to one run, also where another that had it was slow to be there", async () => {
    const pipeline = stagedPipeline();
    const plan = newHostPlan();
    const reached = gate();
    const go = gate();
    const slow = changedStore(await openStore(), runQueue, (queue) => ({
      async add(...given) {
        reached.open();
        await go.opened;
        return queue.add(...given);
      },
    }));
    const first = runnerOf(pipeline, slow).submit(plan);
    const refused = expect(first).rejects;
    await reached.opened;
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(otherPlan(plan));
    handle.result.catch(() => undefined);
    go.open();
    await refused.toMatchObject({ code: "RUN_LOCKED", details: { runId: handle.id } });
    expect((await runner.list()).map(({ runId }) => runId)).toEqual([handle.id]);
  });

  it("takes a run over again that could not be taken over, and lets nobody resume it meanwhile", async () => {
    const pipeline = stagedPipeline();
    const { home, embedded, plan, runId } = await embeddedRun(pipeline);
    const store = await openStore();
    const reached = gate();
    const go = gate();
    const breaking = changedStore(store, runQueue, () => ({
      async addJobLog() {
        reached.open();
        await go.opened;
        throw new Error("the store is away");
      },
    }));
    const adopting = runnerOf(pipeline, breaking).adopt(runId, home);
    await reached.opened;
    await expect(embedded.resume(runId).result).rejects.toMatchObject({ code: "RUN_LOCKED" });
    go.open();
    await expect(adopting).rejects.toThrow("the store is away");
    const runner = runnerOf(pipeline);
    expect(await runner.list()).toEqual([]);

    // Nor does what could not even be taken back keep it from being taken over, or its host from others.
    const away = changedStore(store, runQueue, () => ({
      addJobLog: () => Promise.reject(new Error("the store is away")),
      remove: () => Promise.reject(new Error("the store is away")),
    }));
    await expect(runnerOf(pipeline, away).adopt(runId, home)).rejects.toThrow("the store is away");
    await runner.adopt(runId, home);
    await expect(runner.adopt(runId, home)).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
    await workerOf(pipeline);
    expect(await runner.resume(runId)).toMatchObject({ complete: true });
    expect([pipeline.one.calls, pipeline.two.calls]).toEqual([1, 2]);
    await runner.start(otherPlan(plan));
  });

  it("takes a run again from its home that was left half-way, and one that is not there any more only as lost", async () => {
    const pipeline = stagedPipeline();
    const { home, plan, runId } = await embeddedRun(pipeline);
    const store = await openStore();
    const runner = runnerOf(pipeline);
    const host = takeLock(hostLockPath(home, plan), "host");
    await expect(runner.adopt(runId, home)).rejects.toMatchObject({ code: "RUN_LOCKED" });
    host.release();

    // As by an adopter that ends just before the run may be taken up.
    const leaving = changedStore(store, runQueue, (queue) => ({
      async add(...given) {
        const job = await queue.add(...given);
        job.promote = () => Promise.reject(new Error("the store is away"));
        return job;
      },
      remove: () => Promise.reject(new Error("the store is away")),
    }));
    const leaveHalfWay = (how = {}) =>
      expect(runnerOf(pipeline, leaving).adopt(runId, home, how)).rejects.toThrow("the store is away");
    await leaveHalfWay();
    expect(handedOverTo(home, runId)?.to).toContain(store.address);

    const claimless = changedStore(store, indexQueue, (queue) => ({
      addJobLog: (job, row, keep) =>
        row.includes('"claim"')
          ? Promise.reject(new Error("no host for anybody"))
          : queue.addJobLog(job, row, keep),
    }));
    const fails = (how = {}) =>
      expect(runnerOf(pipeline, claimless).adopt(runId, home, how)).rejects.toThrow("no host for anybody");
    await fails();
    expect([await runner.list(), handedOverTo(home, runId)]).toEqual([[], undefined]);

    // Held back it can be cancelled, and is gone then: nobody knows here that it was only held back.
    await leaveHalfWay();
    await runner.cancel(runId);
    expect(await runner.list()).toEqual([]);
    const over = handedOverTo(home, runId);
    await expect(runner.adopt(runId, home)).rejects.toMatchObject({ code: "RUN_HANDED_OVER", details: over });
    await fails({ lost: true });
    expect(handedOverTo(home, runId)).toEqual(over);
    await runner.adopt(runId, home, { lost: true });
    await expect(runner.adopt(runId, home, { lost: true })).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
    await workerOf(pipeline);
    expect(await runner.resume(runId)).toMatchObject({ complete: true });
  });

  it("keeps one save of an artifact, also where pieces are added twice", async () => {
    const pipeline = stagedPipeline();
    const bytes = Buffer.alloc(700_000, "sampan ");
    pipeline.one.work = async (_input, { services: { artifacts } }) => {
      await artifacts.save("overlay.bin", Buffer.alloc(600_000, "before "));
      await artifacts.save("overlay.bin", bytes);
      await artifacts.save("overlay.bin", bytes);
      return null;
    };
    const store = await openStore();
    // As when the answer to the first was lost.
    const twice = changedStore(store, artifactQueue, (queue) => ({
      async addJobLog(job, row, keep) {
        await queue.addJobLog(job, row, keep);
        return queue.addJobLog(job, row, keep);
      },
    }));
    const runner = runnerOf(pipeline);
    await workerOf(pipeline, { store: twice });
    const handle = runner.start(newHostPlan());
    await handle;
    expect(bytes.equals((await runner.artifact(handle.id, "overlay.bin")) ?? Buffer.alloc(0))).toBe(true);
    const queue = store.queue(artifactQueue);
    const jobs = (await queue.getJobs()).map(({ id = "" }) => id).sort();
    expect(jobs).toEqual([`${handle.id}.overlay.bin`, expect.stringMatching(/overlay\.bin~[0-9a-f]{16}$/)]);
    // Three pieces, each twice.
    expect((await queue.getJobLogs(jobs[1] ?? "")).count).toBe(6);
  });

  it("leaves the runs that are followed when it is closed, and asks the store no more", async () => {
    const pipeline = stagedPipeline();
    const store = await openStore();
    let asked = 0;
    const counting = changedStore(store, runQueue, (queue) => ({
      getJobLogs(...given) {
        asked++;
        return queue.getJobLogs(...given);
      },
    }));
    const runner = runnerOf(pipeline, counting);
    const { handle } = await runner.submit(newHostPlan());
    const events = runner.events(handle.id)[Symbol.asyncIterator]();
    const watched = Promise.resolve(events.next()).catch((error) => error);
    await until(async () => asked >= 2);
    await runner.close();
    await expect(handle.result).rejects.toMatchObject({
      code: "CORE_CANCELLED",
      details: { left: handle.id },
    });
    expect(await watched).toMatchObject({ details: { left: handle.id } });
    const before = asked;
    await pause(2500);
    expect(asked).toBe(before);
  });

  it("ends the following at once when it is told to, also while the store does not answer", async () => {
    const pipeline = stagedPipeline();
    let asked = 0;
    const silent = changedStore(await openStore(), runQueue, () => ({
      getJobLogs() {
        asked++;
        return never();
      },
    }));
    const { handle } = await runnerOf(pipeline).submit(newHostPlan());
    handle.result.catch(() => undefined);
    const controller = new AbortController();
    const events = runnerOf(pipeline, silent).events(handle.id, controller.signal)[Symbol.asyncIterator]();
    const watched = Promise.resolve(events.next());
    await until(async () => asked === 1);
    controller.abort("for a test");
    await expect(watched).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  });

  it("leaves no worker behind where one could not be started", async () => {
    const pipeline = stagedPipeline();
    const store = await openStore();
    const deaf: FleetStore = {
      ...store,
      queueEvents() {
        throw new Error("nobody listens");
      },
    };
    await expect(workerOf(pipeline, { store: deaf, sites: ["s"] })).rejects.toThrow("nobody listens");
    const { handle } = await runnerOf(pipeline).submit(newHostPlan());
    handle.result.catch(() => undefined);
    await until(async () => (await store.queue(runQueue).getWorkers()).length === 0);
    await pause(1500);
    expect(pipeline.one.calls).toBe(0);
  });

  it("ends a run at its deadline whose starter is gone, also where it waits for nobody", async () => {
    const pipeline = stagedPipeline();
    pipeline.one.work = (_input, context) => untilAborted(context);
    pipeline.two.place = nearDisks;
    pipeline.mustLeave = () => false;
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const begin = async (options: { readonly site?: string }) => {
      const starter = runnerOf(pipeline);
      const { handle } = await starter.submit(newHostPlan(), { deadlineMs: 1500, ...options });
      handle.result.catch(() => undefined);
      await starter.close();
      return handle.id;
    };
    const working = await begin({});
    await until(async () => pipeline.one.calls === 1);
    pipeline.one.work = async () => null;
    const waiting = await begin({ site: "nowhere" });
    await until(async () => (await runner.waitsFor(waiting)) !== null);
    for (const runId of [working, waiting]) {
      await until(async () => (await runner.status(runId)).state !== "running");
      expect(await runner.status(runId)).toMatchObject({
        state: "failed",
        error: { code: "RUN_DEADLINE", details: { runId, deadlineMs: 1500 } },
      });
    }
    // What ended in time has none left, and no deadline of an earlier start ends a later one.
    const pipelineEnds = runner.start(newHostPlan(), { deadlineMs: 600_000 });
    await pipelineEnds;
    const store = await openStore();
    expect(await store.queue("sampan-any").getJobs(["delayed"])).toEqual([]);
  });

  it("says of a run that is to stop that it needs a worker near its host", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.place = nearDisks;
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan(), { site: "far" });
    await until(async () => (await runner.waitsFor(handle.id)) !== null);
    await runner.cancel(handle.id);
    const told = "it is to stop, and no worker is there for site far";
    await until(async () => (await runner.waitsFor(handle.id)) === told);
    expect((await runner.recorded(handle.id)).at(-1)).toMatchObject({
      type: "log",
      level: "warning",
      message: expect.stringContaining("once a worker of site far is there"),
    });
    expect((await runner.status(handle.id)).state).toBe("running");
    await workerOf(pipeline, { sites: ["far"], any: false, name: "far" });
    await expect(handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    expect(pipeline.left).toEqual([{ outputs: ["one"], error: "CORE_CANCELLED" }]);
  });

  it("closes a worker while its store is away", async () => {
    const pipeline = stagedPipeline();
    pipeline.one.work = (_input, context) => untilAborted(context);
    const runner = runnerOf(pipeline);
    const worker = await workerOf(pipeline, { sites: ["s"] });
    const { handle } = await runner.submit(newHostPlan());
    handle.result.catch(() => undefined);
    await until(async () => pipeline.one.calls === 1);
    await fleet.server.kill();
    try {
      await worker.close();
      await runner.close();
    } finally {
      await fleet.server.start();
    }
    pipeline.one.work = async () => null;
    const other = runnerOf(pipeline);
    await workerOf(pipeline);
    expect(await other.resume(handle.id)).toMatchObject({ complete: true });
  });
});
