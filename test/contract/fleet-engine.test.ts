import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createFleetRunner, startFleetWorker } from "@sampan/fleet/engine";
import { createEmbeddedRunner, Migration, type Plan } from "@sampan/sdk";
import { gate, newHostPlan, stagedPipeline, untilAborted } from "@sampan/sdk/testing";
import { describe, expect } from "vitest";
import { startRehearsal } from "../helpers/rehearsal.ts";
import { noCloud, noServices, stagedFleets, stores, until } from "../helpers/staged-fleet.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { writeTinyDisk } from "../helpers/tiny-disk.ts";

describe.each(stores)("a fleet on $kind", (kind) => {
  const fleet = stagedFleets(kind);
  const { it, storeOf, runnerOf, workerOf, closeLater } = fleet;
  const nearDisks = () => ({ near: "disks" }) as const;

  it("does what reads disks at the site of the plan, and says when nobody is there for it", async () => {
    const pipeline = stagedPipeline();
    pipeline.one.place = nearDisks;
    const runner = runnerOf(pipeline);
    await workerOf(pipeline, { name: "of-beijing", sites: ["beijing"] });
    const { handle } = await runner.submit(newHostPlan(), { site: "shanghai" });
    await until(async () => (await runner.waitsFor(handle.id)) === "no worker is there for site shanghai");
    expect(pipeline.one.calls).toBe(0);
    expect(await runner.sites()).toEqual([
      { site: "beijing", workers: ["of-beijing"], waiting: 0, active: 0, drained: false },
      { site: "shanghai", workers: [], waiting: 1, active: 0, drained: false },
    ]);
    await workerOf(pipeline, { name: "of-shanghai", sites: ["shanghai"], any: false });
    await handle;
    expect(await runner.waitsFor(handle.id)).toBeNull();
  });

  it("cancels a run at once whose stage nobody has begun", async () => {
    const pipeline = stagedPipeline();
    pipeline.two.place = nearDisks;
    pipeline.mustLeave = () => false;
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const { handle } = await runner.submit(newHostPlan(), { site: "nowhere" });
    await until(async () => (await runner.waitsFor(handle.id)) !== null);
    await runner.cancel(handle.id);
    await expect(handle.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });
    expect([pipeline.one.calls, pipeline.two.calls]).toEqual([1, 0]);
    expect((await runner.sites()).find(({ site }) => site === "nowhere")?.waiting).toBe(0);
  });

  it("keeps versions of a pipeline apart, and says when nobody has one", async () => {
    const old = stagedPipeline();
    const next = { ...stagedPipeline(), version: 2 };
    await workerOf(old);
    const runner = runnerOf(next);
    const { handle } = await runner.submit(newHostPlan());
    await until(async () => (await runner.waitsFor(handle.id)) !== null);
    expect(await runner.waitsFor(handle.id)).toBe("no worker is there that has version 2 of the pipeline");
    // Whoever has the other version knows of the run, and does nothing for it.
    const before = runnerOf(old);
    expect(await before.status(handle.id)).toMatchObject({ state: "running", stages: [] });
    expect(await before.list()).toHaveLength(1);
    expect(old.one.calls).toBe(0);
    await workerOf(next);
    await handle;
    expect([old.one.calls, next.one.calls]).toEqual([0, 1]);
  });

  it("lets no more use a limited resource at once than it bears, over all workers", async () => {
    const pipeline = stagedPipeline(["a", "b", "c", "d", "e", "f"]);
    pipeline.copy.place = () => ({ near: "anywhere", pool: { name: "copy-test", atOnce: 2 } });
    let now = 0;
    let most = 0;
    pipeline.copy.work = async (input) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now--;
      return input;
    };
    await workerOf(pipeline, { name: "first" });
    await workerOf(pipeline, { name: "second" });
    await runnerOf(pipeline).start(newHostPlan());
    expect(pipeline.copy.calls).toBe(6);
    expect(most).toBe(2);
  });

  it("keeps what a stage keeps, for whoever goes on, up to a size", async () => {
    const pipeline = stagedPipeline();
    const bytes = Buffer.alloc(700_000, "sampan ");
    pipeline.one.work = async (_input, { services: { artifacts } }) => {
      await artifacts.save("overlay.bin", Buffer.from("before"));
      await artifacts.save("overlay.bin", bytes);
      return artifacts.save("large.bin", Buffer.alloc(64 * 1024 * 1024 + 1)).then(
        () => "kept",
        (error) => error.code,
      );
    };
    pipeline.two.work = async (input, { services: { artifacts } }) => [
      input,
      bytes.equals((await artifacts.load("overlay.bin")) ?? Buffer.alloc(0)),
      (await artifacts.load("none.bin")) === undefined,
    ];
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const handle = runner.start(newHostPlan());
    await handle;
    const output = (await runner.recorded(handle.id)).find(
      (event) => event.type === "stage.finished" && event.stage === "two",
    );
    expect(output).toMatchObject({ output: ["CORE_ARGUMENT", true, true] });
    expect(bytes.equals((await runner.artifact(handle.id, "overlay.bin")) ?? Buffer.alloc(0))).toBe(true);
  });

  it("takes a run over that was begun embedded, with what it did and kept", async () => {
    const pipeline = stagedPipeline();
    const home = await makeFolder();
    const seen: unknown[] = [];
    pipeline.one.work = async (_input, context) => {
      await context.services.artifacts.save("kept.bin", Buffer.from("kept"));
      return "one";
    };
    pipeline.two.work = async (_input, context) => {
      seen.push(context.checkpoint, context.attempt);
      await context.record(1);
      return context.attempt === 1 ? untilAborted(context) : null;
    };
    const embedded = createEmbeddedRunner({ home, cloud: noCloud, pipeline, services: noServices });
    const begun = embedded.start(newHostPlan());
    await until(async () => (await embedded.recorded(begun.id)).some(({ type }) => type === "checkpoint"));
    const runner = runnerOf(pipeline);
    await expect(runner.adopt(begun.id, home)).rejects.toMatchObject({ code: "RUN_LOCKED" });
    begun.cancel();
    await expect(begun.result).rejects.toMatchObject({ code: "CORE_CANCELLED" });

    await runner.adopt(begun.id, home);
    await expect(runner.adopt(begun.id, home)).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
    await workerOf(pipeline);
    expect(await runner.resume(begun.id)).toMatchObject({ complete: true });
    expect(pipeline.one.calls).toBe(1);
    expect(seen).toEqual([{ state: null, items: [] }, 1, { state: null, items: [1] }, 2]);
    expect(Buffer.from((await runner.artifact(begun.id, "kept.bin")) ?? "").toString()).toBe("kept");
    const own = await embedded.recorded(begun.id);
    expect((await runner.recorded(begun.id)).slice(0, own.length)).toEqual(own);
  });

  it("refuses by name what workers on other machines cannot do", async () => {
    const pipeline = stagedPipeline();
    const runner = runnerOf(pipeline);
    const refused = (plan: Plan, options = {}) => runner.submit(plan, options).catch((error) => error);
    const asks = Migration.from({ kind: "ssh", host: "web-01", passwordFrom: "ask" }).plan();
    expect(await refused(asks)).toMatchObject({
      code: "PLAN_INVALID",
      message: expect.stringContaining("passwordFrom"),
    });
    expect(await refused(Migration.from({ kind: "local" }).plan())).toMatchObject({ code: "PLAN_INVALID" });
    expect(await refused(newHostPlan(), { refresh: true })).toMatchObject({ code: "CORE_ARGUMENT" });
    expect(await refused(newHostPlan(), { site: "a:b" })).toMatchObject({ code: "CORE_ARGUMENT" });
    expect(await refused(newHostPlan(), { runId: "12" })).toMatchObject({ code: "RUN_NOT_FOUND" });
    const alone = createFleetRunner({ store: storeOf(), cloud: { kind: "simulator" }, pipeline });
    closeLater(alone);
    await expect(alone.submit(newHostPlan())).rejects.toMatchObject({ code: "CORE_ARGUMENT" });
    expect(await runner.list()).toEqual([]);
  });

  it("holds no secret in its store", async () => {
    const pipeline = stagedPipeline();
    process.env.SAMPAN_TEST_CANARY = "canary-5b1f";
    pipeline.one.work = async () => process.env.SAMPAN_TEST_CANARY?.length ?? 0;
    const runner = runnerOf(pipeline);
    await workerOf(pipeline);
    const passwordFrom = { env: "SAMPAN_TEST_CANARY" };
    await runner.start(Migration.from({ kind: "ssh", host: "web-01", passwordFrom }).plan());
    const stored = readdirSync(join(fleet.server.folder, "data"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("");
    expect(stored).toContain("SAMPAN_TEST_CANARY");
    expect(stored).not.toContain("canary-5b1f");
  });

  it("takes nothing new when it drains, and ends what it has", async () => {
    const pipeline = stagedPipeline();
    const go = gate();
    pipeline.one.work = async () => {
      await go.opened;
      return null;
    };
    const runner = runnerOf(pipeline);
    const first = await workerOf(pipeline, { name: "first" });
    const handle = runner.start(newHostPlan());
    await until(async () => pipeline.one.calls === 1);
    const drained = first.drain();
    go.open();
    await drained;
    expect((await runner.status(handle.id)).stages[0]).toMatchObject({ stage: "one", state: "finished" });
    expect(pipeline.two.calls).toBe(0);
    await workerOf(pipeline, { name: "second" });
    await handle;
  });

  it("migrates a disk into a simulator that listens, copies and all", async () => {
    const rehearsal = await startRehearsal();
    closeLater({ close: () => rehearsal.stop() });
    const disk = join(await makeFolder(), "disk.raw");
    await writeTinyDisk(disk);
    const plan = Migration.from(disk)
      .assess({ accept: { "GUESTOS.SystemImage": "only a rehearsal" } })
      .capture()
      .toVhd()
      .upload("fleet-images", { createBucket: true })
      .import({ name: "web-01", createRole: true })
      .copyTo("cn-shanghai", "cn-beijing")
      .plan();
    const worker = await startFleetWorker({ store: storeOf(), sites: ["hangzhou"] });
    const runner = createFleetRunner({
      store: storeOf(),
      cloud: { kind: "simulator", endpoint: rehearsal.simulator.endpoint },
    });
    closeLater(worker);
    closeLater(runner);
    const result = await runner.start(plan, { site: "hangzhou" });
    expect(result).toMatchObject({ complete: true });
    for (const region of ["cn-hangzhou", "cn-shanghai", "cn-beijing"])
      expect(await rehearsal.images(region)).toEqual([expect.objectContaining({ status: "Available" })]);
  });
});
