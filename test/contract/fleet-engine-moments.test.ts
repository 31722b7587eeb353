import { setTimeout as pause } from "node:timers/promises";
import { gate, newHostPlan, stagedPipeline, untilAborted } from "@sampan/sdk/testing";
import { describe, expect } from "vitest";
import {
  artifactQueue,
  changedStore,
  embeddedRun,
  indexQueue,
  otherPlan,
  runQueue,
  slowToWrite,
  stagedFleets,
  stores,
  until,
} from "../helpers/staged-fleet.ts";

/*
 * What others do between two steps of something: whoever does it is held up there by a queue of its store.
 */

describe.each(stores)("a fleet on $kind", (kind) => {
  const { it, openStore, runnerOf, workerOf } = stagedFleets(kind);

  it("stops a run that was slow to be started again where another has its host by then", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const plan = newHostPlan();
    const failed = runner.start(plan);
    await expect(failed.result).rejects.toThrow();
    const store = await openStore();
    const { store: slowStore, reached, go } = slowToWrite(store);
    const slow = runnerOf(pipeline, slowStore);
    const resumed = slow.resume(failed.id);
    const refused = expect(resumed.result).rejects;
    await reached.opened;
    pipeline.two.work = (_input, context) => untilAborted(context);
    // It takes some looks to find that nobody works on the host.
    const { handle } = await runner.submit(otherPlan(plan));
    handle.result.catch(() => undefined);
    go.open();
    await refused.toMatchObject({ code: "RUN_LOCKED", details: { runId: handle.id } });
    await until(async () => (await runner.status(failed.id)).state === "cancelled");
    expect((await runner.recorded(failed.id)).at(-1)).toMatchObject({
      type: "run.cancelled",
      reason: "cancelled since another run has its host",
    });
    expect((await runner.status(handle.id)).state).toBe("running");
    await runner.cancel(handle.id);
    await expect(handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
  });

  it("gives a run that was slow to be taken over back to its home where another has its host by then", async () => {
    const pipeline = stagedPipeline();
    const { home, embedded, plan, runId } = await embeddedRun(pipeline);
    const reached = gate();
    const go = gate();
    const slow = changedStore(await openStore(), runQueue, (queue) => ({
      async add(...given) {
        reached.open();
        await go.opened;
        return queue.add(...given);
      },
    }));
    const adopted = expect(runnerOf(pipeline, slow).adopt(runId, home)).rejects;
    await reached.opened;
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(otherPlan(plan));
    go.open();
    await adopted.toMatchObject({ code: "RUN_LOCKED", details: { runId: handle.id } });
    expect((await runner.list()).map((run) => run.runId)).toEqual([handle.id]);
    await workerOf(pipeline);
    await handle;
    expect(await embedded.resume(runId)).toMatchObject({ complete: true });
  });

  it("takes a run back that is cancelled while it is taken over, and leaves its host to others", async () => {
    const pipeline = stagedPipeline();
    const { home, plan, runId } = await embeddedRun(pipeline);
    const reached = gate();
    const go = gate();
    const slow = changedStore(await openStore(), runQueue, (queue) => ({
      async addJobLog(...given) {
        reached.open();
        await go.opened;
        return queue.addJobLog(...given);
      },
    }));
    const adopted = expect(runnerOf(pipeline, slow).adopt(runId, home)).rejects;
    await reached.opened;
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    expect((await runner.list()).map((run) => run.runId)).toEqual([runId]);
    expect(await runner.waitsFor(runId)).toMatch(/^it is being taken over from its home;/);
    await runner.cancel(runId);
    expect(await runner.list()).toEqual([]);
    go.open();
    await adopted.toThrow();
    expect(await runner.list()).toEqual([]);
    // Nobody has begun it, and nothing keeps it from being taken over after all, nor its host from another before.
    expect(pipeline.two.calls).toBe(1);
    await runner.start(otherPlan(plan));
    await runner.adopt(runId, home);
    expect(await runner.resume(runId)).toMatchObject({ complete: true });
  });

  it("looks for a run again before each thing of it is swept, and leaves what is of one that came again", async () => {
    const pipeline = stagedPipeline();
    pipeline.one.work = async (_input, { services: { artifacts } }) => {
      await artifacts.save("kept.bin", Buffer.from("kept"));
      return null;
    };
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan());
    await expect(handle.result).rejects.toThrow();
    const store = await openStore();
    const old = await store.queue(runQueue).getJob(handle.id);
    await until(async () => (await runner.forget(handle.id, { resumable: true })) === "forgotten");
    // Comes once the jobs of its stages were found to be nobody's, an hour later.
    let looked = 0;
    const changed = changedStore(store, artifactQueue, (queue) => ({
      async getRanges(...given) {
        looked++;
        await store.queue(runQueue).add("again", old?.data, { jobId: handle.id, delay: 600_000 });
        return queue.getRanges(...given);
      },
    }));
    const aged = changedStore(changed, artifactQueue, (queue) => ({
      async getJob(id: string) {
        const job = await queue.getJob(id);
        return job === undefined ? undefined : Object.assign(job, { timestamp: 0 });
      },
    }));
    const swept = await runnerOf(pipeline, aged).sweep();
    expect(looked).toBe(1);
    expect(swept).toMatchObject({ artifacts: 0 });
    expect(swept.stages).toBeGreaterThan(0);
    expect(Buffer.from((await runner.artifact(handle.id, "kept.bin")) ?? "").toString()).toBe("kept");
    await store.queue(runQueue).remove(handle.id);
    expect(await runnerOf(pipeline, aged).sweep()).toMatchObject({ stages: 0 });
  });

  for (const late of ["question", "answer"] as const) {
    it(`starts no run again that finishes while it is looked whether it goes on: a late ${late}`, async () => {
      const pipeline = stagedPipeline();
      const finish = gate();
      pipeline.two.work = async () => {
        await finish.opened;
        return null;
      };
      await workerOf(pipeline);
      const runner = runnerOf(pipeline);
      const { handle } = await runner.submit(newHostPlan());
      await until(async () => pipeline.two.calls === 1);
      const reached = gate();
      const go = gate();
      const slow = changedStore(await openStore(), runQueue, (queue) => ({
        async getJobLogs(...given) {
          const early = late === "answer" ? await queue.getJobLogs(...given) : undefined;
          reached.open();
          await go.opened;
          return early ?? queue.getJobLogs(...given);
        },
      }));
      const resumed = runnerOf(pipeline, slow).resume(handle.id);
      await reached.opened;
      finish.open();
      await handle;
      const store = await openStore();
      await until(async () => (await store.queue(runQueue).getJob(handle.id))?.finishedOn !== undefined);
      go.open();
      expect(await resumed).toMatchObject({ complete: true });
      expect(await runner.status(handle.id)).toMatchObject({ state: "finished", attempt: 1 });
      expect(pipeline.two.calls).toBe(1);
    });
  }

  it("leaves a run ended whose worker shuts down between its end and that of its job", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    const store = await openStore();
    const reached = gate();
    const go = gate();
    const slow = changedStore(store, indexQueue, (queue) => ({
      async addJobLog(job, row, keep) {
        if (row.includes('"release"')) {
          reached.open();
          await go.opened;
        }
        return queue.addJobLog(job, row, keep);
      },
    }));
    const worker = await workerOf(pipeline, { store: slow });
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan());
    await reached.opened;
    const closed = worker.close();
    await pause(100);
    go.open();
    await closed;
    await expect(handle.result).rejects.toThrow("it fails");
    // No other has to take it over for that.
    const job = await store.queue(runQueue).getJob(handle.id);
    expect(await job?.getState()).toBe("failed");
    expect((await runner.status(handle.id)).state).toBe("failed");
  });
});
