import { gate, newHostPlan, stagedPipeline, untilAborted } from "@sampan/sdk/testing";
import { describe, expect } from "vitest";
import { runQueue, slowToWrite, stagedFleets, stores, until } from "../helpers/staged-fleet.ts";

/*
 * Data of a run's job are written whole, from what was read of them a moment before: what somebody else wrote in that moment stays.
 */

describe.each(stores)("data in a store on $kind", (kind) => {
  const { it, openStore, runnerOf, workerOf } = stagedFleets(kind);

  it("are written by one of several that make something of the same, and of nothing that is gone", async () => {
    const [one, two] = [await openStore(), await openStore()];
    const name = "sampan-any";
    const first = { text: 'sampan 舢板 "\\\u0001', number: 1e-7, list: [null, { b: 1, a: [] }], 2: "two" };
    await one.queue(name).add("test", first, { jobId: "job" });
    const read = async () => ((await one.queue(name).getJob("job")) as { readonly data: object }).data;
    for (let round = 0; round < 50; round++) {
      const data = await read();
      const written = await Promise.all(
        [one, two].map((store, writer) =>
          store.updateUnchanged(name, "job", { data }, { ...data, round, writer }),
        ),
      );
      expect(written.filter(Boolean)).toHaveLength(1);
      const winner = written.indexOf(true);
      expect(await read()).toEqual({ ...data, round, writer: winner });
      // Who read before that is late.
      expect(await two.updateUnchanged(name, "job", { data }, {})).toBe(false);
    }
    expect(await read()).toMatchObject({ number: 1e-7, list: first.list, text: first.text });
    await one.queue(name).remove("job");
    expect(await one.updateUnchanged(name, "job", { data: first }, {})).toBe(false);
    expect(await one.queue(name).getJob("job")).toBeUndefined();
  });

  it("are written only where their job is in a state that was asked for", async () => {
    const store = await openStore();
    const queue = store.queue("sampan-any");
    const states = ["completed", "failed"] as const;
    for (const [id, fails] of [
      ["well", false],
      ["badly", true],
    ] as const) {
      const data = { fails };
      const job = await queue.add("test", data, { jobId: id });
      expect(await store.updateUnchanged(queue.name, id, { data, states }, { late: true })).toBe(false);
      expect(await store.updateUnchanged(queue.name, id, { data }, data)).toBe(true);
      const worker = store.worker(
        queue.name,
        async () => {
          if (fails) throw new store.bullmq.UnrecoverableError("for a test");
        },
        { name: "ending" },
      );
      await until(async () => (fails ? job.isFailed() : job.isCompleted()));
      await worker.close();
      expect(await store.updateUnchanged(queue.name, id, { data, states }, { ended: true })).toBe(true);
      expect((await queue.getJob(id))?.data).toEqual({ ended: true });
    }
  });

  it("say to stop of the start that was asked to, and of none that follows while that is written", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan(), { through: "one" });
    const store = await openStore();
    const reached = gate();
    const go = gate();
    let asked = 0;
    const slow = runnerOf(pipeline, {
      ...store,
      async updateUnchanged(...given) {
        asked++;
        reached.open();
        await go.opened;
        return store.updateUnchanged(...given);
      },
    });
    // Asked while it goes on: it has not ended by what is read of it.
    const begun = gate();
    pipeline.one.work = async () => {
      await begun.opened;
      return null;
    };
    const cancelled = slow.cancel(handle.id);
    await reached.opened;
    begun.open();
    await handle;
    pipeline.two.work = async () => null;
    const again = runner.resume(handle.id);
    await until(async () => (await runner.status(handle.id)).attempt === 2);
    go.open();
    await cancelled;
    expect(asked).toBe(1);
    expect(await again).toMatchObject({ complete: true });
    expect((await store.queue(runQueue).getJob(handle.id))?.data).toMatchObject({ epoch: 2, stop: null });
  });

  it("keep what was asked first, and what somebody else wrote of the same start", async () => {
    const pipeline = stagedPipeline();
    pipeline.one.work = (_input, context) => untilAborted(context);
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan());
    handle.result.catch(() => undefined);
    await until(async () => pipeline.one.calls === 1);
    await Promise.all(
      ["first", "second", "third"].map((reason) => runnerOf(pipeline).cancel(handle.id, reason)),
    );
    const store = await openStore();
    const written = await store.queue(runQueue).getJob(handle.id);
    const { stop } = (written as { readonly data: { readonly stop: { readonly reason: string } } }).data;
    await expect(handle.result).rejects.toMatchObject({
      code: "CORE_CANCELLED",
      message: expect.stringContaining(stop.reason),
    });
    await runner.cancel(handle.id, "late");
    expect((await store.queue(runQueue).getJob(handle.id))?.data).toMatchObject({ stop });
  });

  it("are of one start where several resume a run, also where one of them is slow to write", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.work = async () => {
      throw new Error("it fails");
    };
    await workerOf(pipeline);
    const runner = runnerOf(pipeline);
    const failed = runner.start(newHostPlan());
    await expect(failed.result).rejects.toThrow();
    pipeline.two.work = async () => null;
    const store = await openStore();
    const { store: slowStore, reached, go } = slowToWrite(store);
    const slow = runnerOf(pipeline, slowStore);
    const late = slow.resume(failed.id, { through: "one" });
    await reached.opened;
    expect(await runner.resume(failed.id)).toMatchObject({ complete: true });
    go.open();
    expect(await late.result).toMatchObject({ complete: true });
    expect(late.attached).toBe(true);
    expect((await store.queue(runQueue).getJob(failed.id))?.data).toMatchObject({ epoch: 2, through: null });
    expect(pipeline.two.calls).toBe(2);
  });
});
